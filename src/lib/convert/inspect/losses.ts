import type { EncoderSettings } from '../encoder-settings.ts';
import type { TiffHeader, TiffPage } from '../header/tiff-header.ts';
import {
  firstPage,
  isOfAnother,
  isPageList,
  numbersIn,
  type PagesSetting,
  pagesOf,
} from '../pages.ts';
import { commandNames, type SettingNames } from '../setting-names.ts';
import type { DirectoryTags } from './directory-tags.ts';
import type { Loss } from './loss.ts';
import { lossesOfSamples } from './losses-of-samples.ts';
import { metadataLost, profileLost } from './losses-of-tags.ts';

/** The settings that determine losses. */
export interface LossSettings {
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  /** The user's names of the settings; default: `commandNames`. */
  readonly names?: SettingNames | undefined;
}

/** The numbers of the converted pages that exist, from 1. */
export function convertedPages(header: TiffHeader, pages: PagesSetting): number[] {
  const all = pagesOf(header).map((_, index) => index + 1);
  if (pages === 'all') return all;
  if (isPageList(pages)) return numbersIn(pages).filter((page) => page <= all.length);
  const wanted = pages === 'first' ? firstPage(header) : pages;
  return all.filter((page) => page === wanted);
}

/**
 * What the JPEGs of a TIFF will lose: of the file, and of each converted page. Turning a picture
 * upright is not a loss, and the effects of JPEG compression and chroma subsampling are not listed.
 * `tagsOf` returns the tags of a page's directory.
 */
export function lossesOfFile(
  header: TiffHeader,
  tagsOf: (page: TiffPage) => DirectoryTags | undefined,
  settings: LossSettings,
): Loss[] {
  const { encoder, names = commandNames } = settings;
  const pages = pagesOf(header);
  const converted = convertedPages(header, settings.pages);
  return [
    ...pagesLost(pages.length, converted, header.brokenChain ? undefined : names.allPages),
    ...chainLost(header),
    ...masksLost(header),
    ...converted.flatMap((number) => {
      const page = pages[number - 1];
      return page ? lossesOf(number, page, tagsOf(page), encoder, names) : [];
    }),
  ];
}

/** What the JPEG of one page, from 1, will lose; `tags` is undefined if they cannot be read. */
export function lossesOf(
  number: number,
  page: TiffPage,
  tags: DirectoryTags | undefined,
  encoder: EncoderSettings,
  names = commandNames,
): Loss[] {
  const found = [
    ...lossesOfSamples(page, encoder),
    ...profileLost(page, tags, encoder, names),
    ...metadataLost(page, tags, encoder.metadata, names),
  ];
  return found.map((loss) => ({ ...loss, page: number }));
}

function pagesLost(
  count: number,
  converted: readonly number[],
  avoidedBy: string | undefined,
): Loss[] {
  const lost = Array.from({ length: count }, (_, i) => i + 1).filter((n) => !converted.includes(n));
  if (lost.length === 0) return [];
  const which =
    lost.length === 1 ? `Page ${lost[0]} of ${count} is` : `${lost.length} of ${count} pages are`;
  const loss = { kind: 'pages', page: undefined, message: `${which} not converted` } as const;
  return [avoidedBy === undefined ? loss : { ...loss, avoidedBy }];
}

/** What may be beyond the end of a broken list of pages. */
function chainLost(header: TiffHeader): Loss[] {
  const losses: Loss[] = [];
  const pages = { kind: 'pages', page: undefined } as const;
  if (header.brokenChain)
    losses.push({
      ...pages,
      message: 'The list of pages is broken: pages beyond the break are not converted',
    });
  if (isOfAnother(pagesOf(header)[0]))
    losses.push({
      ...pages,
      message: 'Only a smaller version of the picture, or a mask, can be found and converted',
    });
  return losses;
}

/** The bit of NewSubfileType for transparency masks (TIFF 6.0, section 8). */
const MASK = 4;

function masksLost(header: TiffHeader): Loss[] {
  const pages: readonly TiffPage[] = pagesOf(header);
  const isMask = (page: TiffPage) => page.subfileType & MASK && !pages.includes(page);
  const masks = header.pages.filter(isMask).length;
  if (masks === 0) return [];
  const message =
    masks === 1
      ? 'A transparency mask is not applied'
      : `${masks} transparency masks are not applied`;
  return [{ kind: 'mask', page: undefined, message }];
}
