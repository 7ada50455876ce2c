/**
 * Writes the JSON Schemas of callbacks, of what `--json` and `--json-lines` say, and of JSON
 * reports into the package: a part of the build.
 */
import { writeFileSync } from 'node:fs';
import { schemas } from './schemas.ts';

for (const [name, schema] of Object.entries(schemas())) {
  const file = new URL(`../dist/${name}.schema.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
}
