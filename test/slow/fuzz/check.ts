import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { convertInPlace } from '../../../src/lib/convert/convert-in-place.ts';
import { readTiffHeader } from '../../../src/lib/convert/header/tiff-header.ts';
import { firstPage, pageNumbered } from '../../../src/lib/convert/pages.ts';
import type { Converter } from '../../../src/lib/convert/process/converter.ts';
import { ArkeError } from '../../../src/lib/errors.ts';
import type { Mutant } from './mutate.ts';

/**
 * Until when a conversion must have ended, and how long it may take to notice that, in
 * milliseconds.
 */
const DEADLINE_MS = 30_000;
const GRACE_MS = 30_000;
/**
 * A fraction of a machine's, so that headers that promise gigantic pictures are refused, not tried.
 */
const MEMORY_BYTES = 300 * 1024 * 1024;

/** What became of a mutant; `problem` is what must not be. */
export interface Verdict {
  /** `converted`, or the error's code. */
  readonly end: string;
  readonly problem?: string;
}

/** Where a mutant and its JPEG are put, and who converts it. */
export interface Bench {
  readonly converter: Converter;
  readonly input: string;
  readonly output: string;
}

/** Pixels of the JPEG that a TIFF gives, or undefined when it gives none. */
export async function pixelsOf(bytes: Buffer, bench: Bench): Promise<Buffer | undefined> {
  await writeFile(bench.input, bytes);
  try {
    await convertInPlace(bench.input, bench.output, { converter: bench.converter });
    return (await decode(bench.output)).data;
  } catch {
    return undefined;
  } finally {
    await rm(bench.output, { force: true });
  }
}

/**
 * Converts a mutant and looks for what must never happen. `whole` are the pixels of the undamaged
 * TIFF.
 */
export async function check(
  { bytes, truncated }: Mutant,
  { converter, input, output }: Bench,
  whole: Buffer | undefined,
): Promise<Verdict> {
  await writeFile(input, bytes);
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const over = new AbortController();
  try {
    const conversion = convertInPlace(input, output, {
      converter,
      signal,
      // Read from the damaged file once more, when its picture has been converted.
      metadata: 'all',
      budget: { memoryBytes: MEMORY_BYTES },
    });
    const hang = sleep(DEADLINE_MS + GRACE_MS, 'hang' as const, { signal: over.signal });
    const made = await Promise.race([conversion, hang]);
    if (made === 'hang') return { end: 'hang', problem: 'it went on after its deadline' };
    return {
      end: 'converted',
      ...(await problemOf(made, { input, output }, truncated ? whole : undefined)),
    };
  } catch (error) {
    const end = error instanceof ArkeError ? error.code : signal.aborted ? 'deadline' : 'untyped';
    if (end === 'untyped') return { end, problem: `an error without a type: ${error}` };
    return { end, ...(existsSync(output) ? { problem: 'a JPEG stayed after an error' } : {}) };
  } finally {
    over.abort();
  }
}

async function problemOf(
  made: { width: number; height: number },
  { input, output }: Pick<Bench, 'input' | 'output'>,
  whole: Buffer | undefined,
): Promise<{ problem?: string }> {
  const header = await readTiffHeader(input);
  if (!header) return { problem: 'a JPEG of a TIFF whose header cannot be read' };
  const { width, height, orientation } = pageNumbered(header, firstPage(header), input);
  const wanted = orientation >= 5 ? [height, width] : [width, height];
  try {
    const { data, info } = await decode(output);
    const size = [info.width, info.height];
    if (`${size}` !== `${wanted}` || `${size}` !== `${[made.width, made.height]}`)
      return { problem: `a JPEG of ${size} for a header of ${wanted}` };
    if (whole && !whole.equals(data)) return { problem: 'a part of a picture' };
    return {};
  } catch (error) {
    return { problem: `a JPEG that does not decode: ${error}` };
  }
}

/** All pixels; throws for the slightest damage. */
function decode(path: string) {
  sharp.unblock({ operation: ['VipsForeignLoadJpeg'] });
  return sharp(path, { failOn: 'warning', limitInputPixels: false })
    .raw()
    .toBuffer({ resolveWithObject: true });
}
