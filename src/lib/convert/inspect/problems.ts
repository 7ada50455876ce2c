import { upperFirst } from '../../upper-first.ts';
import { missingData } from '../header/completeness.ts';
import type { TiffHeader, TiffPage } from '../header/tiff-header.ts';
import { compressionName, photometricName, tagName } from '../header/tiff-names.ts';
import { uneven } from '../jpeg-density.ts';
import { MAX_JPEG_SIDE } from '../jpeg-limits.ts';
import { untoldColours } from '../notes-on-pages.ts';
import { pagesOf } from '../pages.ts';
import { isOverclaimed, MOST_PLAUSIBLE } from '../plan/readable.ts';
import { readerRows } from '../plan/reader-table.ts';
import { pageTagFaults } from '../plan/whole-chain.ts';
import type { DirectoryTags } from './directory-tags.ts';

/** A problem of a TIFF. */
export interface Problem {
  readonly code: string;
  /** Index of the directory concerned, from 0; undefined if it concerns the file. */
  readonly directory: number | undefined;
  /** Whether the page will probably fail, or only departs from the specification. */
  readonly severity: 'error' | 'warning';
  /** For people, without a full stop. */
  readonly message: string;
}

type PageProblem = Omit<Problem, 'directory'>;

/** Problems of a TIFF as a whole. */
export function problemsOfFile(header: TiffHeader): Problem[] {
  const found: PageProblem[] = [];
  if (header.brokenChain)
    found.push(warning('BROKEN_CHAIN', 'The list of pages is broken: there may be further pages'));
  const [first] = pagesOf(header);
  if (first.subfileType & REDUCED)
    found.push(
      warning(
        'ONLY_REDUCED',
        'There is no full-resolution page in the list, only smaller versions of one',
      ),
    );
  return found.map((problem) => ({ ...problem, directory: undefined }));
}

/**
 * Problems of one directory, as far as its header shows; `tags` is undefined if they cannot be
 * read. For a thumbnail or mask all are warnings, because it is not converted.
 */
export function directoryProblems(
  { fileBytes }: Pick<TiffHeader, 'fileBytes'>,
  page: TiffPage,
  {
    isPage,
    tags,
    maxSize,
  }: {
    readonly isPage: boolean;
    readonly tags: DirectoryTags | undefined;
    readonly maxSize?: number | undefined;
  },
): Problem[] {
  const found = [
    ...sizeProblems(page, maxSize),
    ...pixelProblems(page),
    ...sampleProblems(page),
    ...segmentProblems(page, fileBytes, tags),
    ...pageTagFaults(page).map(({ message, kind }) =>
      kind === 'fatal'
        ? error('TAG_REFUSED', upperFirst(message))
        : warning('TAG_WRONG', upperFirst(message)),
    ),
    ...(tags
      ? tagProblems(tags)
      : [
          warning(
            'NOT_ALL_READ',
            'Its tags could not all be read within the limits of an inspection',
          ),
        ]),
  ];
  return found.map((problem) => ({
    ...problem,
    directory: page.index,
    severity: isPage ? problem.severity : 'warning',
  }));
}

const REDUCED = 1;
/** Number of samples, if more than one, by PhotometricInterpretation. */
const COLOURS: Readonly<Record<number, number>> = { 2: 3, 6: 3, 8: 3, 9: 3, 10: 3, 5: 4 };

function sizeProblems({ width, height }: TiffPage, maxSize: number | undefined): PageProblem[] {
  if (width === 0 || height === 0)
    return [error('NO_SIZE', `It has no size: ${width} × ${height} pixels`)];
  if (maxSize !== undefined || (width <= MAX_JPEG_SIDE && height <= MAX_JPEG_SIDE)) return [];
  return [error('TOO_LARGE_FOR_JPEG', `A JPEG can have at most ${MAX_JPEG_SIDE} pixels a side`)];
}

function pixelProblems({ resolution }: TiffPage): PageProblem[] {
  const message = uneven(resolution);
  return message === undefined ? [] : [warning('PIXELS_NOT_SQUARE', message)];
}

function sampleProblems(page: TiffPage): PageProblem[] {
  const { photometric, untold, compression, samplesPerPixel, bitsPerSample } = page;
  const found: PageProblem[] = [];
  const compressed = compressionName(compression);
  if (compressed.startsWith('unknown'))
    found.push(error('UNKNOWN_COMPRESSION', `Its compression is not registered: ${compression}`));
  if (photometric === undefined || untold)
    found.push(warning('NO_PHOTOMETRIC', untoldColours(page)));
  else if (photometricName(photometric).startsWith('unknown'))
    found.push(error('UNKNOWN_PHOTOMETRIC', `Its colours are not registered: ${photometric}`));
  const { samples, bits } = MOST_PLAUSIBLE;
  if (samplesPerPixel > samples || bitsPerSample.some((one) => one > bits || one === 0))
    found.push(
      error(
        'IMPLAUSIBLE',
        `It claims ${samplesPerPixel} samples of ${bitsPerSample[0]} bits a pixel`,
      ),
    );
  if (bitsPerSample.some((one) => one !== bitsPerSample[0]))
    found.push(warning('MIXED_BITS', `Its samples differ in bits: ${bitsPerSample.join(', ')}`));
  if (samplesPerPixel < (COLOURS[photometric ?? 0] ?? 1))
    found.push(
      error(
        'TOO_FEW_SAMPLES',
        `It has ${samplesPerPixel} of the ${COLOURS[photometric ?? 0]} samples of its colours`,
      ),
    );
  return found;
}

/** JPEGInterchangeFormat: old-style JPEG (TIFF 6.0, section 22) may have no strips. */
const WHOLE_JPEG = 513;

function segmentProblems(
  page: TiffPage,
  fileBytes: number,
  tags: DirectoryTags | undefined,
): PageProblem[] {
  const { segments, width, height } = page;
  if (width === 0 || height === 0) return [];
  if (!segments && tags?.listed.includes(WHOLE_JPEG)) return [];
  const reader = readerRows.find(({ applies }) => applies(page))?.reader ?? 'sharp';
  return missingData(page, fileBytes).map((missing) => {
    const told = isOverclaimed(page, { reader, bytes: fileBytes }, missing) ? warning : error;
    return told(missing.code, upperFirst(missing.message));
  });
}

function tagProblems({ listed, unreadable, unterminated, profile }: DirectoryTags): PageProblem[] {
  const found: PageProblem[] = [];
  const descent = listed.findIndex((tag, i) => i > 0 && tag < (listed[i - 1] ?? 0));
  if (descent !== -1)
    found.push(
      warning(
        'TAGS_OUT_OF_ORDER',
        `Its tags are not in order: ${names([listed[descent - 1] ?? 0, listed[descent] ?? 0])}`,
      ),
    );
  const seen = new Set<number>();
  const repeated = new Set(listed.filter((tag) => seen.has(tag) || !seen.add(tag)));
  if (repeated.size > 0)
    found.push(warning('DUPLICATE_TAGS', `Duplicate tags: ${names([...repeated])}`));
  if (unreadable.length > 0)
    found.push(
      warning(
        'UNREADABLE_TAGS',
        `Tag values are outside the file, or of an unknown type: ${names(unreadable)}`,
      ),
    );
  if (unterminated.length > 0)
    found.push(
      warning('TEXT_WITHOUT_NUL', `Texts do not end in a NUL byte: ${names(unterminated)}`),
    );
  if (profile && !profile.valid)
    found.push(
      warning('DAMAGED_PROFILE', `Its ICC profile of ${profile.bytes} bytes is not a profile`),
    );
  return found;
}

/** More names than this are not helpful. */
const MOST_NAMES = 8;

function names(tags: readonly number[]): string {
  const shown = tags.slice(0, MOST_NAMES).map(tagName).join(', ');
  return tags.length > MOST_NAMES ? `${shown}, …` : shown;
}

function error(code: string, message: string): PageProblem {
  return { code, severity: 'error', message };
}

function warning(code: string, message: string): PageProblem {
  return { code, severity: 'warning', message };
}
