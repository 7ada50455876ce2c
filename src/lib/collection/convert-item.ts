import type { LimitFunction } from 'p-limit';
import type { Budget } from '../convert/plan/resources.ts';
import { ConversionError } from '../errors.ts';
import type { Admission, Admitted } from './admission.ts';
import { type Converters, roomFor } from './converters.ts';
import type { CollectionEvent, FileRecord } from './events.ts';
import { failureOf } from './failure.ts';
import type { Converted, DueItem, FurtherConverter, Undelivered } from './item.ts';

/** What a run's conversions share. */
export interface ConvertRun {
  /** Memory of all conversion processes together, in bytes. */
  readonly memoryBytes: number;
  readonly budget: Budget;
  readonly converters: Converters;
  readonly admission: Admission<DueItem>;
  /** Bounds how many JPEGs are brought elsewhere at once. */
  readonly deliveries: LimitFunction;
  readonly signal: AbortSignal;
  readonly tell: (event: CollectionEvent) => void;
  /** Called with the record of each file, except those aborted by the signal. */
  readonly ended: (record: FileRecord) => void;
  /** Called when a file has released its room before its end. */
  readonly onRoom: () => void;
}

/**
 * Converts an admitted file and reports its outcome. JPEGs that are delivered elsewhere keep their
 * room until delivery starts, so that the number waiting for a slow line is bounded. Never throws.
 */
export async function convertAdmitted(admitted: Admitted<DueItem>, run: ConvertRun): Promise<void> {
  const { source } = admitted.job;
  const { signal, tell, ended } = run;
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  const leave = once(admitted.release);
  tell({ event: 'file.started', ...source });
  try {
    const made = await convert(admitted, run);
    const converted = 'deliver' in made ? await deliver(made, admitted.job, run, leave) : made;
    ended({ ...source, status: 'converted', ms: ms(), ...converted });
  } catch (error) {
    // Aborted files count as remaining.
    if (!signal.aborted) ended({ ...source, status: 'failed', ms: ms(), error: failureOf(error) });
  } finally {
    leave();
  }
}

async function convert(
  { job, memoryBytes }: Admitted<DueItem>,
  run: ConvertRun,
): Promise<Converted | Undelivered> {
  const { converters, signal, tell } = run;
  const converter = await takeConverter(run, roomFor(job.peakBytes));
  const onReplan = ({ message }: ConversionError) =>
    tell({ event: 'file.replanned', input: job.source.input, message });
  const budget = { ...run.budget, memoryBytes };
  try {
    const further = (bytes: number) => furtherConverter(bytes, run);
    const made = await job.convert({ converter, budget, signal, onReplan, further });
    await converters.giveBack(converter, job.peakBytes);
    return made;
  } catch (error) {
    if (isJudgement(error)) await converters.giveBack(converter, job.peakBytes);
    // A TIFF that upset a decoder must not affect the next picture.
    else await converters.discard(converter);
    throw error;
  }
}

/** A process for work that has been admitted; others may stay idle in what is not taken. */
async function takeConverter({ converters, admission, memoryBytes }: ConvertRun, bytes: number) {
  const converter = await converters.take(bytes);
  await converters.keepIdle(memoryBytes - admission.taken());
  return converter;
}

async function furtherConverter(
  bytes: number,
  run: ConvertRun,
): Promise<FurtherConverter | undefined> {
  const { converters, admission, onRoom } = run;
  const room = admission.further(roomFor(bytes));
  if (!room) return undefined;
  const leave = () => {
    room.release();
    onRoom();
  };
  try {
    const converter = await takeConverter(run, roomFor(bytes));
    const { memoryBytes } = room;
    const release = async (isWell: boolean) => {
      try {
        await (isWell ? converters.giveBack(converter, bytes) : converters.discard(converter));
      } finally {
        leave();
      }
    };
    return { converter, memoryBytes, release };
  } catch {
    // The item has a process of its own, which does without this one.
    leave();
    return undefined;
  }
}

/** Whether a TIFF was decoded without trouble, and only its JPEG was refused. */
function isJudgement(error: unknown): boolean {
  return error instanceof ConversionError && ['LOSS', 'WARNING', 'UNLIKE'].includes(error.code);
}

function deliver(
  made: Undelivered,
  { source: { input } }: DueItem,
  { deliveries, signal, tell, onRoom }: ConvertRun,
  leave: () => void,
): Promise<Converted> {
  return deliveries(() => {
    leave();
    onRoom();
    tell({ event: 'file.uploading', input });
    return made.deliver(signal);
  });
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}
