import {
  defaultEncoderSettings,
  type EncoderSettings,
} from '../../src/lib/convert/encoder-settings.ts';
import type { ReadableFile } from '../../src/lib/convert/header/tiff-source.ts';
import { inspectTiff } from '../../src/lib/convert/inspect/inspect-tiff.ts';
import type { Inspection } from '../../src/lib/convert/inspect/inspection.ts';
import type { PagesSetting } from '../../src/lib/convert/pages.ts';
import type { Limits } from '../../src/lib/convert/plan/plan.ts';

/** What an inspection is made with where a test says nothing else. */
export interface InspectSetup extends Partial<EncoderSettings> {
  readonly pages?: PagesSetting;
  readonly limits?: Partial<Limits>;
}

/** Room and time for anything. */
const AMPLE: Limits = {
  memoryBytes: 2 ** 34,
  cpuSeconds: 1e6,
  seconds: 1e6,
  diskBytes: 2 ** 40,
};

/** Inspects bytes as if they were a file. */
export function tryInspecting(
  tiff: Uint8Array,
  { pages = 'first', limits = {}, ...encoder }: InspectSetup = {},
): Promise<Inspection | undefined> {
  return inspectTiff(inMemory(tiff), tiff.length, {
    name: 'scan.tif',
    encoder: { ...defaultEncoderSettings, ...encoder },
    pages,
    limits: { ...AMPLE, ...limits },
  });
}

/** The same for bytes that have a readable header. Throws when they have none. */
export async function inspectionOf(tiff: Uint8Array, setup?: InspectSetup): Promise<Inspection> {
  const inspection = await tryInspecting(tiff, setup);
  if (!inspection) throw new Error('The TIFF has no readable header');
  return inspection;
}

function inMemory(content: Uint8Array): ReadableFile {
  return {
    async read(buffer, offset, length, position) {
      const bytes = content.subarray(position, position + length);
      buffer.set(bytes, offset);
      return { bytesRead: bytes.length };
    },
  };
}
