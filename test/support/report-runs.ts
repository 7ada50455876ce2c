import type {
  CollectionSummary,
  ConvertedRecord,
  FailedRecord,
  FileRecord,
  PageRecord,
  UnreadPath,
} from '../../src/lib/collection/events.ts';
import { createWarningCount } from '../../src/lib/collection/warning-count.ts';
import { defaultEncoderSettings } from '../../src/lib/convert/encoder-settings.ts';
import type { ReportRun } from '../../src/lib/report/report.ts';

/** A JPEG as a record has it. */
export function pageRecord(more: Partial<PageRecord> = {}): PageRecord {
  return {
    page: 1,
    output: 'out/a.jpg',
    width: 640,
    height: 480,
    channels: 3,
    bytes: 1_000,
    ms: 5,
    cpu_seconds: 0.01,
    peak_bytes: 1_000_000,
    effort: 'max',
    reader: 'sharp',
    notes: [],
    ...more,
  };
}

/** A TIFF that became a JPEG. */
export function converted(
  input: string,
  page: Partial<PageRecord> = {},
  more: Partial<ConvertedRecord> = {},
): ConvertedRecord {
  const output = page.output ?? `${input}.jpg`;
  return {
    status: 'converted',
    input,
    output,
    source_bytes: 10_000,
    kind: 'RGB 8-bit LZW',
    pixels: 307_200,
    ms: 5,
    pages: [pageRecord({ output, ...page })],
    ...more,
  };
}

/** A TIFF that became nothing. */
export function failed(input: string, more: Partial<FailedRecord> = {}): FailedRecord {
  return {
    status: 'failed',
    input,
    output: `${input}.jpg`,
    source_bytes: 10_000,
    kind: undefined,
    pixels: undefined,
    ms: 5,
    error: { code: 'UNREADABLE_TIFF', message: 'It is damaged.' },
    ...more,
  };
}

/** A JPEG's likeness, by its SSIM alone. */
export function alike(ssim: number): Pick<PageRecord, 'likeness'> {
  return { likeness: { ssim, psnr_db: ssim === 1 ? undefined : 40 * ssim } };
}

/** A note by its code alone. */
export function noted(code: PageRecord['notes'][number]['code']): Pick<PageRecord, 'notes'> {
  return { notes: [{ code, message: `This is ${code}` }] };
}

/** A folder that could not be read. */
export function unreadFolder(path: string): UnreadPath {
  return { kind: 'folder', path, error: { code: 'FOLDER_UNREADABLE', message: 'No. Ask.' } };
}

/** A run that ended with these records, and did not read so much. */
export function runOf(
  records: readonly FileRecord[],
  unread: readonly UnreadPath[] = [],
): ReportRun {
  const count = (status: FileRecord['status']) =>
    records.filter((record) => record.status === status).length;
  const warnings = createWarningCount();
  records.forEach(warnings.add);
  const summary: CollectionSummary = {
    files: records.length,
    converted: count('converted'),
    skipped: count('skipped'),
    existing: records.filter((one) => one.status === 'skipped' && one.existing).length,
    failed: count('failed'),
    folders_unread: unread.length,
    files_unread: 0,
    warnings: warnings.counts(),
    left: 0,
    source_bytes: 20_000,
    output_bytes: 2_000,
    pixels: 614_400,
    ms: 65_000,
  };
  return {
    records,
    summary,
    unread,
    program: 'arke-tiff/0.0.0',
    command: 'arke-tiff convert in --out-dir out',
    machine: 'archive-pc: Linux',
    encoder: defaultEncoderSettings,
    startedAt: new Date('2026-01-02T03:04:05Z'),
  };
}
