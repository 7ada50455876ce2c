#!/usr/bin/env -S node --
// The sources themselves, by Node's own type stripping: no build between an edit and a try.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execute } from '@oclif/core';

const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
// Not the bundle's: oclif finds in `src` what it is told of in `dist`.
pjson.oclif.commands = './dist/commands';
await execute({ development: true, loadOptions: { root, pjson } });
