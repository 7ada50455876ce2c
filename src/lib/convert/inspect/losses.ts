import type { EncoderSettings, MetadataSetting } from '../encoder-settings.ts';
import type { TiffHeader, TiffPage } from '../header/tiff-header.ts';
import { extraSampleName, photometricName, tagName } from '../header/tiff-names.ts';
import { type PagesSetting, pagesOf } from '../pages.ts';
import { claimedDepth } from '../plan/page-kinds.ts';
import { descriptiveTags, type KeptWith } from './descriptive-tags.ts';
import type { DirectoryTags } from './directory-tags.ts';

/** What kind of thing a JPEG does not have of its TIFF. */
export type LossKind =
  | 'pages'
  | 'mask'
  | 'bit-depth'
  | 'sample-range'
  | 'colour-space'
  | 'alpha'
  | 'extra-samples'
  | 'profile'
  | 'metadata';

/** One thing that a conversion changes or leaves out, beside what JPEG's own compression does. */
export interface Loss {
  readonly kind: LossKind;
  /** The page that it is about, counted from 1; undefined where it is about the file. */
  readonly page: number | undefined;
  /** For people, without a full stop. */
  readonly message: string;
  /** The flag of `convert` that avoids it, where one does. */
  readonly avoidedBy?: string;
}

/** How a TIFF is going to be converted. */
export interface LossSettings {
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
}

/** The numbers of the pages that are converted, from 1; those that there are. */
export function convertedPages(header: TiffHeader, pages: PagesSetting): number[] {
  const all = pagesOf(header).map((_, index) => index + 1);
  return pages === 'all' ? all : all.filter((page) => page === (pages === 'first' ? 1 : pages));
}

/**
 * What the JPEGs of a TIFF will not have of it (the loss ledger): of the file, and of each page that is
 * converted. A picture that is turned upright loses nothing, and what JPEG's compression and chroma
 * subsampling do to every picture is not listed. `tagsOf` gives what a page's directory holds.
 */
export function lossesOfFile(
  header: TiffHeader,
  tagsOf: (page: TiffPage) => DirectoryTags | undefined,
  settings: LossSettings,
): Loss[] {
  const pages = pagesOf(header);
  const converted = convertedPages(header, settings.pages);
  return [
    ...pagesLost(pages.length, converted),
    ...masksLost(header),
    ...converted.flatMap((number) => {
      const page = pages[number - 1];
      return page ? lossesOf(number, page, tagsOf(page), settings.encoder) : [];
    }),
  ];
}

/** What the JPEG of one page, counted from 1, will not have of it; `tags` is undefined where they cannot be read. */
export function lossesOf(
  number: number,
  page: TiffPage,
  tags: DirectoryTags | undefined,
  encoder: EncoderSettings,
): Loss[] {
  const found = [
    ...samplesLost(page),
    ...coloursChanged(page),
    ...extraSamplesLost(page, encoder),
    ...profileLost(page, tags, encoder),
    ...metadataLost(tags, encoder.metadata),
  ];
  return found.map((loss) => ({ ...loss, page: number }));
}

/** A loss before it is said of which page it is. */
type PageLoss = Omit<Loss, 'page'>;

function pagesLost(count: number, converted: readonly number[]): Loss[] {
  const lost = Array.from({ length: count }, (_, i) => i + 1).filter((n) => !converted.includes(n));
  if (lost.length === 0) return [];
  const which =
    lost.length === 1 ? `Page ${lost[0]} of ${count} is` : `${lost.length} of ${count} pages are`;
  return [
    { kind: 'pages', page: undefined, message: `${which} not converted`, avoidedBy: '--page all' },
  ];
}

/** The bit of NewSubfileType that says a directory is a transparency mask (TIFF 6.0, section 8). */
const MASK = 4;

function masksLost({ pages }: TiffHeader): Loss[] {
  const masks = pages.filter(({ subfileType }) => subfileType & MASK).length;
  if (masks === 0) return [];
  const message =
    masks === 1
      ? 'A transparency mask is not applied'
      : `${masks} transparency masks are not applied`;
  return [{ kind: 'mask', page: undefined, message }];
}

const PALETTE = 3;
const SIGNED: ReadonlySet<number> = new Set([2, 5]);
const FLOAT: ReadonlySet<number> = new Set([3, 6]);

function samplesLost(page: TiffPage): PageLoss[] {
  // The samples of a palette are places in it, no levels.
  if (page.photometric === PALETTE) return [];
  const bits = page.bitsPerSample.reduce((most, one) => Math.max(most, one), 0);
  const kind = kindOfSamples(page);
  const losses: PageLoss[] = [];
  if (bits > 8)
    losses.push({
      kind: 'bit-depth',
      message: `${bits}-bit${kind ? ` ${kind}` : ''} samples become 8-bit ones`,
    });
  if (kind || bits >= 32)
    losses.push({
      kind: 'sample-range',
      message: `${kind ? `${upperFirst(kind)} values` : `Values of ${bits} bits`} are scaled to 0–255`,
    });
  else if (claimedDepth(page) !== undefined)
    losses.push({
      kind: 'sample-range',
      message: `Values up to ${page.maxSampleValue}, the MaxSampleValue, are scaled to 0–255`,
    });
  return losses;
}

function kindOfSamples({ sampleFormat }: TiffPage): string | undefined {
  if (FLOAT.has(sampleFormat)) return 'floating-point';
  return SIGNED.has(sampleFormat) ? 'signed' : undefined;
}

/** Colours that a JPEG for the web has not: PhotometricInterpretation of grey, RGB, palette, mask and YCbCr is 0 to 4 and 6. */
const SHOWN_AS_THEY_ARE: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 6]);

function coloursChanged({ photometric }: TiffPage): PageLoss[] {
  if (photometric === undefined || SHOWN_AS_THEY_ARE.has(photometric)) return [];
  const message = `Colours are converted from ${photometricName(photometric)} to RGB`;
  return [{ kind: 'colour-space', message }];
}

function extraSamplesLost(page: TiffPage, { background }: EncoderSettings): PageLoss[] {
  const alpha = page.extraSamples.findIndex((type) => type === 1 || type === 2);
  const others = page.samplesPerPixel - coloursOf(page) - (alpha === -1 ? 0 : 1);
  const losses: PageLoss[] = [];
  if (alpha !== -1)
    losses.push({
      kind: 'alpha',
      message: `Transparency (${extraSampleName(page.extraSamples[alpha] ?? 0)}) is laid on ${background}`,
    });
  if (others > 0)
    losses.push({
      kind: 'extra-samples',
      message: `${others} ${others === 1 ? 'sample' : 'samples'} a pixel beside the colours ${others === 1 ? 'is' : 'are'} left out`,
    });
  return losses;
}

/** How many samples are colours, by PhotometricInterpretation (TIFF 6.0, section 8): CMYK is 5. */
function coloursOf({ photometric, samplesPerPixel, extraSamples }: TiffPage): number {
  // Without the tag nothing but ExtraSamples tells colours from others.
  if (photometric === undefined) return samplesPerPixel - extraSamples.length;
  if (photometric === 5) return 4;
  return ONE_SAMPLE.has(photometric) ? 1 : 3;
}

/** Grey, palette, mask, colour filter array and Log L have one sample a pixel. */
const ONE_SAMPLE: ReadonlySet<number> = new Set([0, 1, 3, 4, 32_803, 32_844]);

function profileLost(
  { iccBytes }: TiffPage,
  tags: DirectoryTags | undefined,
  { profile }: EncoderSettings,
): PageLoss[] {
  if (iccBytes === 0 || profile !== 'srgb') return [];
  const name = tags?.profile?.description;
  const message = `Colours are converted from the profile${name ? ` "${name}"` : ''} to sRGB, and it is not embedded`;
  return [{ kind: 'profile', message, avoidedBy: '--profile keep' }];
}

/** What each setting keeps. */
const KEEPS: Readonly<Record<MetadataSetting, readonly KeptWith[]>> = {
  none: [],
  copyright: ['copyright'],
  all: ['copyright', 'all'],
};

function metadataLost(tags: DirectoryTags | undefined, setting: MetadataSetting): PageLoss[] {
  const there = new Set(tags?.metadata.map(({ tag }) => tag));
  const lost = descriptiveTags.filter(
    ({ tag, keptWith }) => there.has(tag) && !KEEPS[setting].includes(keptWith),
  );
  if (lost.length === 0) return [];
  const message = `Metadata left out: ${lost.map(({ tag }) => tagName(tag)).join(', ')}`;
  const avoidable = lost.every(({ keptWith }) => keptWith !== 'nothing');
  return [{ kind: 'metadata', message, ...(avoidable ? { avoidedBy: '--metadata all' } : {}) }];
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
