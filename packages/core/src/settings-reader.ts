import { isIP } from 'node:net';
import { parseRedisAddress, REDIS_ADDRESS_FORMS } from './redis/redis-address.ts';

interface Range {
  min: number;
  max: number;
}

export type SettingsReader = ReturnType<typeof settingsReader>;

/** Makes what reads settings of each kind from an environment. It adds what is wrong to `errors`, and goes on. */
export function settingsReader(env: NodeJS.ProcessEnv, errors: string[]) {
  // An empty value counts as none, as in `REDIS_URL= npm start`.
  const raw = (name: string) => env[name]?.trim() || null;

  const list = (name: string): string[] =>
    (raw(name) ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean);

  const optionalInteger = (name: string, { min, max }: Range): number | null => {
    const value = raw(name);
    if (value === null) return null;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    errors.push(`${name} must be a whole number from ${min} to ${max}, not "${value}"`);
    return min;
  };

  const matching = (name: string, fallback: string, pattern: RegExp, rule: string): string => {
    const value = raw(name) ?? fallback;
    if (!pattern.test(value)) errors.push(`${name} must be ${rule}, not "${value}"`);
    return value;
  };

  const optionalOneOf = <T extends string>(name: string, values: readonly T[]): T | null => {
    const value = raw(name);
    const known = values.find((each) => each === value);
    if (value !== null && known === undefined) {
      errors.push(`${name} must be one of ${values.join(', ')}, not "${value}"`);
    }
    return known ?? null;
  };

  return {
    optionalInteger,

    missing(name: string): string {
      if (raw(name) === null)
        errors.push(
          `${name} is not set; \`npm start\` brings its own PostgreSQL, the single processes need one`,
        );
      return '';
    },

    text: (name: string, fallback: string): string => raw(name) ?? fallback,

    identifier: (name: string, fallback: string): string =>
      matching(
        name,
        fallback,
        /^[a-z][a-z0-9_]{0,30}$/,
        'lower-case letters, digits and _, at most 31, a letter first',
      ),

    integer: (name: string, fallback: number, range: Range): number =>
      optionalInteger(name, range) ?? fallback,

    oneOf: <T extends string>(name: string, values: readonly T[], fallback: T): T =>
      optionalOneOf(name, values) ?? fallback,

    optionalOneOf,

    boolean(name: string, fallback: boolean): boolean {
      const value = raw(name) ?? String(fallback);
      if (value !== 'true' && value !== 'false') errors.push(`${name} must be true or false, not "${value}"`);
      return value === 'true';
    },

    /** Says what is wrong without repeating the value: addresses carry passwords. */
    url(name: string, protocols: readonly string[]): string | null {
      const value = raw(name);
      if (value === null) return null;
      const protocol = URL.canParse(value) ? new URL(value).protocol : null;
      if (protocol === null || !protocols.includes(protocol)) {
        errors.push(
          `${name} must be an address that starts with ${protocols.map((each) => `${each}//`).join(' or ')}`,
        );
      }
      return value;
    },

    redisAddress(name: string): string | null {
      const value = raw(name);
      if (value !== null && parseRedisAddress(value) === null) {
        errors.push(`${name} must be an address like ${REDIS_ADDRESS_FORMS}`);
      }
      return value;
    },

    secret(name: string, { minLength }: { minLength: number }): string | null {
      const value = raw(name);
      if (value !== null && value.length < minLength) {
        errors.push(`${name} must have at least ${minLength} characters`);
      }
      return value;
    },

    addresses(name: string): string[] {
      const values = list(name);
      for (const value of values) {
        const [address = '', bits = '0'] = value.split('/', 2);
        if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits))
          errors.push(`${name} must list addresses like 10.0.0.1 or 10.0.0.0/8, not "${value}"`);
      }
      return values;
    },

    origins(name: string): string[] {
      const values = list(name);
      for (const value of values) {
        const origin = URL.canParse(value) ? new URL(value).origin : null;
        if (origin !== value)
          errors.push(`${name} must list origins like https://app.example.com, not "${value}"`);
      }
      return values;
    },
  };
}
