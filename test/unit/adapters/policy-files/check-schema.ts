import { isDeepStrictEqual } from 'node:util';

type Schema = Readonly<Record<string, unknown>>;
type Check = (rule: never, value: unknown, visit: (schema: Schema, value: unknown, name: string) => readonly string[]) => boolean | readonly string[];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const typeOf = (value: unknown): readonly string[] => (Array.isArray(value) ? ['array'] : value === null ? ['null'] : typeof value === 'number' ? (Number.isInteger(value) ? ['number', 'integer'] : ['number']) : [typeof value]);

/** The keywords of JSON Schema that our schema uses; any other is an error of this test. */
const CHECKS: Readonly<Record<string, Check>> = {
  $schema: () => true,
  title: () => true,
  description: () => true,
  type: (type: string, value) => typeOf(value).includes(type),
  const: (wanted: unknown, value) => value === wanted,
  enum: (values: readonly unknown[], value) => values.includes(value),
  pattern: (pattern: string, value) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  minLength: (least: number, value) => typeof value !== 'string' || value.length >= least,
  maxLength: (most: number, value) => typeof value !== 'string' || value.length <= most,
  minimum: (least: number, value) => typeof value !== 'number' || value >= least,
  maximum: (most: number, value) => typeof value !== 'number' || value <= most,
  minItems: (least: number, value) => !Array.isArray(value) || value.length >= least,
  maxItems: (most: number, value) => !Array.isArray(value) || value.length <= most,
  uniqueItems: (_: boolean, value) => !Array.isArray(value) || value.every((item, index) => !value.slice(0, index).some((other) => isDeepStrictEqual(item, other))),
  maxProperties: (most: number, value) => !isObject(value) || Object.keys(value).length <= most,
  items: (schema: Schema, value, visit) => (Array.isArray(value) ? value.flatMap((item, index) => visit(schema, item, `/${index}`)) : true),
  properties: (schemas: Readonly<Record<string, Schema>>, value, visit) => (isObject(value) ? Object.entries(value).flatMap(([name, item]) => (Object.hasOwn(schemas, name) ? visit(schemas[name]!, item, `/${name}`) : [])) : true),
  propertyNames: (schema: Schema, value, visit) => (isObject(value) ? Object.keys(value).every((name) => visit(schema, name, '').length === 0) : true),
  required: (names: readonly string[], value) => !isObject(value) || names.every((name) => Object.hasOwn(value, name)),
  anyOf: (schemas: readonly Schema[], value, visit) => schemas.some((schema) => visit(schema, value, '').length === 0),
  not: (schema: Schema, value, visit) => visit(schema, value, '').length > 0,
};

/** Places, as JSON pointers, where the value does not fit the schema. */
export function violations(schema: Schema, value: unknown, where = ''): readonly string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (keyword === 'additionalProperties') return checkOthers(schema, value, where);
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`the schema uses ${keyword}`);
    const found = check(rule as never, value, (inner, item, name) => violations(inner, item, `${where}${name}`));
    return typeof found === 'boolean' ? (found ? [] : [where]) : found;
  });
}

function checkOthers(schema: Schema, value: unknown, where: string): readonly string[] {
  if (!isObject(value)) return [];
  const known = isObject(schema['properties']) ? schema['properties'] : {};
  const others = Object.entries(value).filter(([name]) => !Object.hasOwn(known, name));
  const rule = schema['additionalProperties'];
  return others.flatMap(([name, item]) => (rule === false ? [`${where}/${name}`] : violations(rule as Schema, item, `${where}/${name}`)));
}
