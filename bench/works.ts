/**
 * What the bench measures, and what is aimed at: the rows of docs/performance.md, "Whole tasks".
 */
import type { Link } from './delay-proxy.ts';
import type { Measure } from './sample.ts';
import type { TiffSpec } from './tiff-spec.ts';

/** Something that both workers do, as often as there are runs. */
export interface Work {
  readonly name: string;
  /** The TIFF in R2; without it the object is missing. */
  readonly tiff?: TiffSpec;
  readonly link: Link;
  /** `run`: a whole task; `download`: its download alone. */
  readonly command: 'run' | 'download';
}

/** A row of the table. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly work: Work;
  /** Of ours; the example worker knows one. */
  readonly effort: 'max' | 'balanced' | 'fast';
  /** What counts, and the largest ratio to the example worker that is aimed at. */
  readonly targets: Readonly<Partial<Record<Measure, number>>>;
}

/** R2 and callback behind 20 ms, as fast as they can be. */
const near: Link = { delayMs: 20 };
const lzw = { bits: 8, compression: 'lzw', layout: 'strips', orientation: 1 } as const;

/** The TIFF that peers convert, too. */
export const tiff24: TiffSpec = { ...lzw, kind: 'rgb', megapixels: 24 };

const work = (name: string, rest: Partial<Work>): Work => ({
  name,
  link: near,
  command: 'run',
  ...rest,
});
const rgb6 = work('rgb-6mp', { tiff: { ...lzw, kind: 'rgb', megapixels: 6 } });
const grey6 = work('grey-6mp', { tiff: { ...lzw, kind: 'grey', megapixels: 6 } });
const rgb24 = work('rgb-24mp', { tiff: tiff24 });
const missing = work('missing', {});
const download = work('download', {
  command: 'download',
  // 200 MB.
  tiff: { ...lzw, kind: 'rgb', compression: 'none', megapixels: 66.7 },
  link: { delayMs: 50, bytesPerSecond: 30e6 },
});

const row = (
  name: string,
  title: string,
  of: Work,
  targets: Row['targets'],
  effort: Row['effort'] = 'max',
): Row => ({ name, title, work: of, effort, targets });

const task = (wallMs: number, cpuSeconds: number, peakMB: number) => ({
  wallMs,
  cpuSeconds,
  peakMB,
});

/** The table's rows, in its order. */
export const rows: readonly Row[] = [
  row('rgb-6mp', '6 MP LZW, RGB, `max`', rgb6, task(0.8, 1, 1.25)),
  row('grey-6mp', '6 MP LZW, grey, `max`', grey6, task(0.7, 0.85, 1.1)),
  row('rgb-24mp-max', '24 MP LZW, RGB, `max`', rgb24, task(0.92, 1, 0.85)),
  row('rgb-24mp-balanced', '24 MP LZW, RGB, `balanced`', rgb24, task(0.72, 0.75, 0.85), 'balanced'),
  row('rgb-24mp-fast', '24 MP LZW, RGB, `fast`', rgb24, task(0.3, 0.28, 0.45), 'fast'),
  row('download', '200 MB over 50 ms and 30 MB/s per connection, download alone', download, {
    wallMs: 0.4,
    peakMB: 0.5,
  }),
  row('start', 'process start to first request at R2', rgb6, { firstRequestMs: 0.6 }),
  row('missing', 'missing object: start to callback', missing, {
    callbackMs: 0.6,
    cpuSeconds: 0.6,
  }),
];
