/**
 * The conversion process: it gets paths and settings over IPC, knows no secrets, and is the one
 * that the kernel kills when memory runs out. Its parent decides everything; when that is gone, it
 * ends too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { ConversionError, messageOf } from '../../errors.ts';
import { residentBytes } from '../../resident-memory.ts';
import { isFault } from '../fault.ts';
import type {
  ConversionReply,
  ConversionResults,
  Cost,
  RequestKind,
  SentRequest,
} from '../messages.ts';
import { renderComparison } from '../render/compare.ts';
import { explainFailure } from '../render/failure.ts';
import { lookAgain } from '../render/look-again.ts';
import { renderPieces } from '../render/pieces.ts';
import { renderPreview } from '../render/preview.ts';
import { render } from '../render/render.ts';
import { loadTiffReader, type TiffReader } from '../render/sharp-tiff.ts';
import { renderThumbnail } from '../render/thumbnail.ts';

/** Interval between signs of life, in milliseconds. */
const PROGRESS_MS = 250;

function say(message: ConversionReply): void {
  // The callback swallows the error of a parent that is gone: `disconnect` follows.
  process.send?.(message, undefined, undefined, () => {});
}

/** The parent is gone: stop all work at once, even in the middle of libvips. */
function endWithParent(): void {
  const end = () => process.kill(process.pid, 'SIGKILL');
  process.on('disconnect', end);
  if (!process.connected) end();
  // A terminal sends Ctrl-C to all processes; the parent decides what becomes of the work.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
}

/** When memory runs out, the kernel must kill this process, not the parent, which reports it. */
function volunteerForOomKiller(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not Linux: there is no such setting.
  }
}

/** Memory and CPU since `begin`; the peak is this request's own if the kernel allows a reset. */
function meter(): () => Cost {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then the peak is that of the whole process, which is the same for its first request.
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
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

function carryOut(
  request: SentRequest,
  reader: TiffReader,
): Promise<ConversionResults[RequestKind]> {
  switch (request.kind) {
    case 'jpeg':
      return render(request, reader);
    case 'preview':
      return renderPreview(request, reader);
    case 'thumbnail':
      return renderThumbnail(request, reader);
    case 'pieces':
      return renderPieces(request, reader);
    case 'comparison':
      return renderComparison(request, reader);
  }
}

async function answer(request: SentRequest, reader: TiffReader): Promise<void> {
  const cost = meter();
  const heartbeat = setInterval(() => say({ kind: 'progress', ...cost() }), PROGRESS_MS);
  try {
    const result = await carryOut(request, reader);
    say({ kind: 'done', result, ...cost(), heldBytes: residentBytes() });
  } catch (error) {
    say(await told(error, request));
  } finally {
    clearInterval(heartbeat);
  }
}

/** The reply for a failed request. */
async function told(error: unknown, request: SentRequest): Promise<ConversionReply> {
  if (isFault(error)) return { kind: 'fault', message: `${error}`, stack: error.stack };
  const { code, message } =
    error instanceof ConversionError ? error : await explained(error, request);
  return { kind: 'failed', code, message, heldBytes: residentBytes() };
}

async function explained(thrown: unknown, request: SentRequest): Promise<ConversionError> {
  const { error, fileBytes } = await lookAgain(thrown, request.paths.input);
  return explainFailure(error, request, { reader: 'sharp', fileBytes });
}

async function start(): Promise<void> {
  endWithParent();
  volunteerForOomKiller();
  try {
    const reader = await loadTiffReader();
    process.on('message', (request: SentRequest) => void answer(request, reader));
    say({ kind: 'ready', versions: reader.versions, heldBytes: residentBytes() });
    // Node does this when a process exits, but this one is killed.
    flushCompileCache();
  } catch (error) {
    say({ kind: 'broken', message: messageOf(error) });
  }
}

void start();
