import type { CollectionEvent } from '../../lib/collection/events.ts';

/** A TIFF in progress. */
export interface RunningFile {
  readonly input: string;
  /** By the caller's clock. */
  readonly sinceMs: number;
  /** What is being done, other than converting. */
  readonly doing?: 'downloading' | 'uploading';
}

/** The progress of a run. Bytes are those of TIFFs. */
export interface CollectionProgress {
  readonly startedMs: number;
  readonly files: number;
  readonly bytes: number;
  readonly converted: number;
  readonly verified: number;
  readonly skipped: number;
  readonly failed: number;
  /** In a dry run: those that would be converted, and those that would fail. */
  readonly due: number;
  readonly would_fail: number;
  /** Of all that have ended, in any way. */
  readonly endedBytes: number;
  readonly convertedBytes: number;
  readonly convertedPixels: number;
  /** Longest running first. */
  readonly running: readonly RunningFile[];
}

/** A run before its first event. */
export function noProgress(nowMs: number): CollectionProgress {
  return {
    startedMs: nowMs,
    files: 0,
    bytes: 0,
    converted: 0,
    verified: 0,
    skipped: 0,
    failed: 0,
    due: 0,
    would_fail: 0,
    endedBytes: 0,
    convertedBytes: 0,
    convertedPixels: 0,
    running: [],
  };
}

/** The progress after one more event. */
export function progressAfter(
  progress: CollectionProgress,
  event: CollectionEvent,
  nowMs: number,
): CollectionProgress {
  switch (event.event) {
    case 'collection.started':
      return { ...noProgress(nowMs), files: event.files, bytes: event.source_bytes };
    case 'file.downloading':
      return running(progress, { input: event.input, sinceMs: nowMs, doing: 'downloading' });
    case 'file.downloaded':
      return { ...progress, running: without(progress.running, event.input) };
    case 'file.started':
      return running(progress, { input: event.input, sinceMs: nowMs });
    case 'file.uploading':
      return running(progress, { input: event.input, sinceMs: nowMs, doing: 'uploading' });
    case 'file.ended':
    case 'file.planned':
      return afterFile(progress, event);
    default:
      return progress;
  }
}

function running(progress: CollectionProgress, file: RunningFile): CollectionProgress {
  return { ...progress, running: [...without(progress.running, file.input), file] };
}

function without(files: readonly RunningFile[], input: string): RunningFile[] {
  return files.filter((file) => file.input !== input);
}

function afterFile(
  progress: CollectionProgress,
  event: Extract<CollectionEvent, { event: 'file.ended' | 'file.planned' }>,
): CollectionProgress {
  const { status, input, source_bytes, pixels } = event;
  const next = {
    ...progress,
    [status]: progress[status] + 1,
    endedBytes: progress.endedBytes + source_bytes,
    running: without(progress.running, input),
  };
  if (status !== 'converted' && status !== 'verified') return next;
  return {
    ...next,
    convertedBytes: progress.convertedBytes + source_bytes,
    convertedPixels: progress.convertedPixels + (pixels ?? 0),
  };
}

/** How many TIFFs have ended, in any way. */
export function endedFiles(progress: CollectionProgress): number {
  const { converted, verified, skipped, failed, due, would_fail } = progress;
  return converted + verified + skipped + failed + due + would_fail;
}

/** The finished share of the work, from 0 to 1: by bytes, because TIFFs differ in size. */
export function fractionDone(progress: CollectionProgress): number {
  const { bytes, endedBytes, files } = progress;
  if (bytes > 0) return Math.min(endedBytes / bytes, 1);
  return files > 0 ? endedFiles(progress) / files : 0;
}

/**
 * Milliseconds for the rest at the pace of the converted TIFFs; undefined before the first one.
 * Files that are up to date will shorten it.
 */
export function msLeft(progress: CollectionProgress, nowMs: number): number | undefined {
  const { bytes, endedBytes, convertedBytes, startedMs } = progress;
  if (convertedBytes === 0) return undefined;
  return Math.max(bytes - endedBytes, 0) * ((nowMs - startedMs) / convertedBytes);
}
