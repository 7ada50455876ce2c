#!/usr/bin/env -S node --
// The sources themselves, by Node's own type stripping: no build between an edit and a try.
import { execute } from '@oclif/core';

await execute({ development: true, dir: import.meta.url });
