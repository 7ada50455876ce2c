import { type EncoderSettings, levelsOf, type MetadataSetting } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { tagName } from '../header/tiff-names.ts';
import { densityOf } from '../jpeg-density.ts';
import type { SettingNames } from '../setting-names.ts';
import { descriptiveTags, isPictureTag, type KeptWith } from './descriptive-tags.ts';
import type { DirectoryTags } from './directory-tags.ts';
import type { PageLoss } from './loss.ts';

/** What happens to the colour profile; `tags` is undefined if they cannot be read. */
export function profileLost(
  page: TiffPage,
  tags: DirectoryTags | undefined,
  encoder: EncoderSettings,
  { keepProfile }: Pick<SettingNames, 'keepProfile'>,
): PageLoss[] {
  if (page.iccBytes === 0) return [];
  const { description, colourSpace, valid = true } = tags?.profile ?? {};
  const profile = `profile${description ? ` "${description}"` : ''}`;
  const loss = (message: string) => ({ kind: 'profile', message }) as const;
  if (!valid) return [loss('The colour profile is damaged and left out')];
  const space = spaceOf(page);
  if (space && colourSpace && colourSpace !== space)
    return [loss(`The ${profile} is left out: it is for ${colourSpace}, not ${space}`)];
  const keepable = space !== undefined && !isLaidOnColour(page, encoder);
  if (keepable && encoder.profile === 'keep') return [];
  const message = `Colours are converted from the ${profile} to sRGB, and it is not embedded`;
  return [{ ...loss(message), ...(keepable ? { avoidedBy: keepProfile } : {}) }];
}

/** The profile space that fits the JPEG's samples; undefined if they are converted anyway. */
function spaceOf({ photometric = -1 }: TiffPage): 'GRAY' | 'RGB' | undefined {
  if (photometric === 0 || photometric === 1) return 'GRAY';
  return [2, 3, 6].includes(photometric) ? 'RGB' : undefined;
}

/** Transparent greyscale becomes RGB on a background that is not grey. */
function isLaidOnColour(page: TiffPage, { background }: EncoderSettings): boolean {
  const [r, g, b] = levelsOf(background) ?? [];
  const isClear = page.extraSamples.some((type) => type === 1 || type === 2);
  return spaceOf(page) === 'GRAY' && isClear && (r !== g || g !== b);
}

/** What each setting keeps. */
const KEEPS: Readonly<Record<MetadataSetting, readonly KeptWith[]>> = {
  none: [],
  copyright: ['copyright'],
  all: ['copyright', 'all'],
};

/** XResolution and YResolution, which JFIF always has, if it can express them. */
const RESOLUTION: ReadonlySet<number> = new Set([282, 283]);

/**
 * Other tags that the JPEG will not have: those that a setting would keep, and separately those
 * that none does.
 */
export function metadataLost(
  { resolution }: TiffPage,
  tags: DirectoryTags | undefined,
  setting: MetadataSetting,
  { allMetadata }: Pick<SettingNames, 'allMetadata'>,
): PageLoss[] {
  if (!tags)
    return [
      { kind: 'metadata', message: 'Its tags cannot all be read, and what they hold is lost' },
    ];
  const isSaid = (tag: number) => RESOLUTION.has(tag) && densityOf(resolution) !== undefined;
  const there = new Set(tags.metadata.map(({ tag }) => tag).filter((tag) => !isSaid(tag)));
  const lost = descriptiveTags.filter(
    ({ tag, keptWith }) => there.has(tag) && !KEEPS[setting].includes(keptWith),
  );
  const keepable = lost.filter(({ keptWith }) => keptWith !== 'nothing');
  const others = lost.filter(({ keptWith }) => keptWith === 'nothing');
  return [
    ...leftOut(keepable.map(({ tag }) => tag)).map((loss) => ({ ...loss, avoidedBy: allMetadata })),
    ...leftOut([...others.map(({ tag }) => tag), ...unknownTags(tags)]),
  ];
}

/** Tags that neither determine the picture nor are kept, such as private ones. */
function unknownTags({ listed }: DirectoryTags): number[] {
  const known = new Set(descriptiveTags.map(({ tag }) => tag));
  return [...new Set(listed)].filter((tag) => !known.has(tag) && !isPictureTag(tag));
}

/** This many are named; damaged directories have thousands. */
const MOST_NAMED = 24;

function leftOut(tags: readonly number[]): PageLoss[] {
  if (tags.length === 0) return [];
  const more = tags.length - MOST_NAMED;
  const named = tags.slice(0, MOST_NAMED).map(tagName).join(', ');
  const rest = more > 0 ? ` and ${more} more` : '';
  return [{ kind: 'metadata', message: `Metadata left out: ${named}${rest}` }];
}
