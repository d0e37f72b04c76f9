import type { App } from '../fastify-app.ts';

/**
 * Answers are written from their schemas: the fields these name, in their order, and no others.
 * Nothing is validated here. A stored value that a later rule would refuse is still shown, where
 * Fastify's own serializer throws at an `anyOf` that does not match.
 */
export function addSerialization(app: App): void {
  app.setSerializerCompiler<Schema>(({ schema }) => {
    const pick = pickerFor(schema);
    return (answer: unknown) => JSON.stringify(pick === null ? answer : pick(answer));
  });
}

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

type Pick = (value: unknown) => unknown;

/** @returns null where there is nothing to pick: text, numbers, and lists of them */
function pickerFor(schema: Schema): Pick | null {
  if (schema.properties !== undefined) return objectPicker(Object.entries(schema.properties));
  if (schema.items !== undefined) return listPicker(pickerFor(schema.items));
  const inner = schema.anyOf?.map(pickerFor).find((pick) => pick !== null) ?? null;
  return inner === null ? null : (value) => (value === null ? null : inner(value));
}

function objectPicker(properties: [string, Schema][]): Pick {
  const fields = properties.map(([name, schema]) => ({ name, pick: pickerFor(schema) }));
  return (value) => {
    const picked: Record<string, unknown> = {};
    for (const { name, pick } of fields) {
      const inner = (value as Record<string, unknown>)[name];
      if (inner !== undefined) picked[name] = pick === null ? inner : pick(inner);
    }
    return picked;
  };
}

function listPicker(pick: Pick | null): Pick | null {
  return pick === null ? null : (list) => (list as unknown[]).map(pick);
}
