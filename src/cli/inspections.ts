import { inspectFile, inspectRemote } from '../lib/convert/inspect/inspect-file.ts';
import type { InspectOptions } from '../lib/convert/inspect/inspect-tiff.ts';
import type { Inspection } from '../lib/convert/inspect/inspection.ts';
import type { Storage } from '../lib/storage/client.ts';
import type { RequestOptions } from '../lib/storage/objects.ts';
import { openRangedReader } from '../lib/storage/ranged-reader.ts';
import type { TiffSource } from './tiff-sources.ts';

/** What the inspections of a run share. */
export interface InspectSession extends Omit<InspectOptions, 'name'> {
  /** Opens the bucket when the first object is asked for. */
  readonly storage: () => Promise<Storage>;
  readonly request: RequestOptions;
}

/** Inspects one TIFF, of an object only the blocks that hold its directories. Throws `ArkeError`s. */
export async function inspectSource(
  { name, at }: TiffSource,
  { storage, request, ...options }: InspectSession,
): Promise<Inspection> {
  if ('path' in at) return inspectFile(at.path, { ...options, name });
  const reader = await openRangedReader(await storage(), at.key, request);
  return inspectRemote(reader, reader.info.size, { ...options, name });
}
