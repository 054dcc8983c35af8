/** What is read of a schema in JSON. */
export interface JsonSchema {
  readonly $defs?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly $ref?: string;
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly [keyword: string]: unknown;
}
