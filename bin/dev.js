#!/usr/bin/env -S node --
// The sources themselves, by Node's own type stripping: no build between an edit and a try.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settings } from '@oclif/core';
import { start } from '../src/cli/start.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
// Not the bundle's: oclif finds in `src` what it is told of in `dist`.
pjson.oclif.commands = './dist/commands';
pjson.oclif.helpClass.target = './dist/cli/start.js';
settings.debug = true;
await start({ root, pjson });
