import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Picture } from './pixels.ts';

const folder = fileURLToPath(new URL('../../../shared/tiffs/', import.meta.url));

/** A real TIFF that nobody here wrote, and what must become of it. */
export interface SharedTiff {
  readonly file: string;
  readonly path: string;
  readonly class: string;
  readonly expected: 'ok' | 'error';
  /** The contract's snippet is right and must be matched pixel for pixel. */
  readonly samePixels: boolean;
  /**
   * Pixels of the first directory, before the orientation is applied, and directories that are
   * pages; 0 where unknown.
   */
  readonly width: number;
  readonly height: number;
  readonly pages: number;
  /** The picture that is right, where one is known. */
  readonly right?: (() => Promise<Picture>) | undefined;
}

/** Whether the collection of real TIFFs lies beside the project. It is never copied into it. */
export const hasSharedTiffs = existsSync(`${folder}manifest.tsv`);

/** What tests say when the collection is not there. */
export const noSharedTiffs =
  'the collection of real TIFFs (../shared/tiffs) is not on this machine';

/** The collection, as its manifest describes it; empty when it is not there. */
export function sharedTiffs(): SharedTiff[] {
  if (!hasSharedTiffs) return [];
  const [head = [], ...rows] = readFileSync(`${folder}manifest.tsv`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const column = (row: string[], name: string) => row[head.indexOf(name)] ?? '';
  return rows.map((row) => ({
    file: column(row, 'file'),
    path: `${folder}${column(row, 'file')}`,
    class: column(row, 'class'),
    expected: column(row, 'expected') === 'ok' ? 'ok' : 'error',
    samePixels: column(row, 'same_pixels') === 'yes',
    width: Number(column(row, 'width')) || 0,
    height: Number(column(row, 'height')) || 0,
    pages: Number(column(row, 'pages')) || 0,
  }));
}

/**
 * Paths of all TIFFs that lie there, those in folders of their own, too; empty when the collection
 * is not there.
 */
export function allSharedFiles(): string[] {
  if (!hasSharedTiffs) return [];
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return found
    .filter((name) => /\.tiff?$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}
