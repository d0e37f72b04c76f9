interface QuerySchema {
  properties?: Record<string, { type?: string }>;
}

/**
 * Reads the numbers and booleans of a query string, written in the one usual way. What is none is
 * left as it is, for the schema to refuse; so is a repeated parameter, which is an array here.
 */
export function readQuery(schema: QuerySchema, query: unknown): unknown {
  const values: [string, unknown][] = Object.entries(query as object).map(([name, value]) => {
    const type = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name]?.type : undefined;
    return [name, typeof value === 'string' ? readAs(type, value) : value];
  });
  return Object.fromEntries(values);
}

function readAs(type: string | undefined, text: string): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
