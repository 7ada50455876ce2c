/** Writes the callback's schema as JSON Schema into the package: a part of the build. */
import { writeFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import {
  callbackPayloadSchema,
  errorLength,
  MAX_ERROR_LENGTH,
} from '../src/lib/callback/payload.ts';

const schema = {
  title: 'Callback of arke-tiff',
  ...toJsonSchema(callbackPayloadSchema, {
    overrideAction: ({ valibotAction, jsonSchema }) =>
      valibotAction === errorLength ? { ...jsonSchema, maxLength: MAX_ERROR_LENGTH } : undefined,
  }),
};
const file = new URL('../dist/callback-payload.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
