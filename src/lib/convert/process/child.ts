/**
 * The conversion process: it gets paths and settings over IPC, knows no
 * secrets, and is the one the kernel kills when memory runs out. Its parent decides everything; when
 * that is gone, so is this.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { ConversionError, messageOf } from '../../errors.ts';
import { residentBytes } from '../../resident-memory.ts';
import { isFault } from '../fault.ts';
import type { ChildMessage, ConversionJob, Cost, Rendered } from '../messages.ts';
import { renderComparison } from '../render/compare.ts';
import { explainFailure } from '../render/failure.ts';
import { lookAgain } from '../render/look-again.ts';
import { renderPieces } from '../render/pieces.ts';
import { renderPreview } from '../render/preview.ts';
import { render } from '../render/render.ts';
import { loadTiffReader, type TiffReader } from '../render/sharp-tiff.ts';
import { renderThumbnail } from '../render/thumbnail.ts';

/** How often a sign of life is given, in milliseconds. */
const PROGRESS_MS = 250;

function say(message: ChildMessage): void {
  // The callback takes the error of a parent that is gone: `disconnect` follows.
  process.send?.(message, undefined, undefined, () => {});
}

/** Whoever asked for the work is gone: nothing of it may stay, however deep libvips is in it. */
function endWithParent(): void {
  const end = () => process.kill(process.pid, 'SIGKILL');
  process.on('disconnect', end);
  if (!process.connected) end();
  // A terminal sends Ctrl-C to all of its processes; what becomes of the work is the parent's decision.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
}

/** When memory runs out the kernel shall take this process, not the parent, who has to report it. */
function volunteerForOomKiller(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // No Linux: its killer is another one.
  }
}

/** Memory and CPU since `begin`; the peak is this job's own where the kernel lets it be reset. */
function meter(): () => Cost {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // The peak is then that of the process so far, which is the same for its first job.
  }
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { cpuSeconds: (user + system) / 1e6, peakBytes: peakMemory() };
  };
}

function peakMemory(): number {
  try {
    const [, kilobytes] =
      /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes) return Number(kilobytes) * 1024;
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

function carryOut(job: ConversionJob, reader: TiffReader): Promise<Rendered> {
  const { preview, compare, thumbnail, pieces } = job;
  if (preview) return renderPreview(job, preview, reader);
  if (compare) return renderComparison(job, compare, reader);
  if (thumbnail) return renderThumbnail(job, thumbnail, reader);
  return pieces ? renderPieces(job, pieces, reader) : render(job, reader);
}

async function work(job: ConversionJob, reader: TiffReader): Promise<void> {
  const cost = meter();
  const heartbeat = setInterval(() => say({ kind: 'progress', ...cost() }), PROGRESS_MS);
  try {
    const rendered = await carryOut(job, reader);
    say({ kind: 'done', rendered, ...cost(), heldBytes: residentBytes() });
  } catch (error) {
    say(await told(error, job));
  } finally {
    clearInterval(heartbeat);
  }
}

/** What became of a job that has failed. */
async function told(error: unknown, job: ConversionJob): Promise<ChildMessage> {
  if (isFault(error)) return { kind: 'fault', message: `${error}`, stack: error.stack };
  const { code, message } = error instanceof ConversionError ? error : await explained(error, job);
  return { kind: 'failed', code, message, heldBytes: residentBytes() };
}

async function explained(thrown: unknown, job: ConversionJob): Promise<ConversionError> {
  const { error, fileBytes } = await lookAgain(thrown, job.input);
  return explainFailure(error, job, { reader: 'sharp', fileBytes });
}

async function start(): Promise<void> {
  endWithParent();
  volunteerForOomKiller();
  try {
    const reader = await loadTiffReader();
    process.on('message', (job: ConversionJob) => void work(job, reader));
    say({ kind: 'ready', versions: reader.versions });
    // Node would do it at a process's end, but this one is killed.
    flushCompileCache();
  } catch (error) {
    say({ kind: 'broken', message: messageOf(error) });
  }
}

void start();
