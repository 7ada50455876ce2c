import { Errors, Flags } from '@oclif/core';
import {
  backgroundProblem,
  chromaSubsamplings,
  defaultEncoderSettings,
  type EffortSetting,
  type EncoderSettings,
  effortSettings,
  type MetadataSetting,
  metadataSettings,
  type ProfileSetting,
  profileSettings,
} from '../lib/convert/encoder-settings.ts';
import { type PagesSetting, pagesProblem, parsePages } from '../lib/convert/pages.ts';
import type { Strictness } from '../lib/convert/strictness.ts';
import { jurisdictions, type StorageSettings } from '../lib/storage/client.ts';
import { outboxPrefix, outboxPrefixProblem } from '../lib/task/outbox/keys.ts';
import { readStorageSettings } from '../lib/task/settings.ts';
import { processEnvironment } from './environment.ts';
import { settingName, withSettingNames } from './setting-names.ts';

/** Which bucket; the secrets come from the environment or `--env-file`, never from flags. */
export const storageFlags = {
  bucket: Flags.string({ summary: 'R2 bucket.', env: 'R2_BUCKET', helpGroup: 'R2' }),
  'account-id': Flags.string({
    summary: 'Cloudflare account that owns the bucket.',
    env: 'R2_ACCOUNT_ID',
    helpGroup: 'R2',
  }),
  jurisdiction: Flags.string({
    summary: "The bucket's jurisdiction.",
    options: [...jurisdictions],
    env: 'R2_JURISDICTION',
    helpGroup: 'R2',
  }),
  endpoint: Flags.string({
    summary: 'Full S3 endpoint, without the bucket.',
    env: 'R2_ENDPOINT',
    helpGroup: 'R2',
  }),
};

/** How the JPEG is made. */
export const encoderFlags = {
  quality: Flags.integer({
    summary: 'Quality of the JPEG.',
    min: 1,
    max: 100,
    default: defaultEncoderSettings.quality,
    env: 'JPEG_QUALITY',
    helpGroup: 'JPEG',
  }),
  'chroma-subsampling': Flags.option({
    summary: "How much of the colour's resolution is kept.",
    options: chromaSubsamplings,
    default: defaultEncoderSettings.chromaSubsampling,
    env: 'JPEG_CHROMA_SUBSAMPLING',
    helpGroup: 'JPEG',
  })(),
  effort: Flags.option({
    summary: 'How hard the encoder works; auto: as hard as memory allows.',
    options: effortSettings,
    default: defaultEncoderSettings.effort,
    env: 'JPEG_EFFORT',
    helpGroup: 'JPEG',
  })(),
  profile: Flags.option({
    summary: 'What becomes of an embedded colour profile: colours converted to sRGB, or kept.',
    options: profileSettings,
    default: defaultEncoderSettings.profile,
    env: 'JPEG_PROFILE',
    helpGroup: 'JPEG',
  })(),
  metadata: Flags.option({
    summary: "How much of the TIFF's metadata the JPEG gets.",
    options: metadataSettings,
    default: defaultEncoderSettings.metadata,
    env: 'JPEG_METADATA',
    helpGroup: 'JPEG',
  })(),
  background: Flags.string({
    summary: 'What transparent pixels become: white, black or #rrggbb.',
    default: defaultEncoderSettings.background,
    env: 'JPEG_BACKGROUND',
    helpGroup: 'JPEG',
    parse: async (colour) => {
      const problem = backgroundProblem(colour);
      if (problem) throw new Errors.CLIError(problem);
      return colour;
    },
  }),
};

/** What is an error that else is only told. */
export const strictFlags = {
  'fail-on-loss': Flags.boolean({
    summary: 'Refuse a TIFF when its JPEG would not have all of it; "inspect" lists what.',
  }),
  'warnings-as-errors': Flags.boolean({
    summary: 'Refuse a JPEG that was made with a warning.',
  }),
};

/** The strictness that flags describe. */
export function strictnessOf(flags: {
  readonly 'fail-on-loss': boolean;
  readonly 'warnings-as-errors': boolean;
}): Strictness {
  return { failOnLoss: flags['fail-on-loss'], warningsAsErrors: flags['warnings-as-errors'] };
}

/** Which pages are converted. */
export const pageFlag = Flags.custom<PagesSetting>({
  summary: 'Which pages are converted: the first, all (scan.jpg, scan.page-2.jpg, …) or one.',
  helpValue: 'first|all|N',
  default: 'first',
  env: 'TIFF_PAGES',
  parse: async (text) => {
    const problem = pagesProblem(text);
    if (problem) throw new Errors.CLIError(problem);
    return parsePages(text);
  },
});

/** Where undelivered callbacks are kept, and marks of delivered ones. */
export const outboxPrefixFlag = Flags.custom<string>({
  summary: 'Beginning of the keys of the outbox.',
  env: 'CALLBACK_OUTBOX_PREFIX',
  helpGroup: 'OUTBOX',
  parse: async (prefix) => {
    const problem = outboxPrefixProblem(prefix);
    if (problem) throw new Errors.CLIError(problem);
    return outboxPrefix(prefix);
  },
});

/** The flags of `storageFlags`, parsed. */
interface ParsedStorageFlags {
  readonly bucket: string | undefined;
  readonly 'account-id': string | undefined;
  readonly jurisdiction: string | undefined;
  readonly endpoint: string | undefined;
}

/**
 * The storage that flags and environment describe. Throws `SettingsError` naming all that is missing.
 *
 * @param keyName what the user named the object by, for remedies
 */
export function storageSettingsOf(flags: ParsedStorageFlags, keyName = 'the key'): StorageSettings {
  const given = {
    R2_BUCKET: { flag: '--bucket', value: flags.bucket },
    R2_ACCOUNT_ID: { flag: '--account-id', value: flags['account-id'] },
    R2_JURISDICTION: { flag: '--jurisdiction', value: flags.jurisdiction },
    R2_ENDPOINT: { flag: '--endpoint', value: flags.endpoint },
  } as const;
  const values = Object.entries(given).map(([variable, { value }]) => [variable, value]);
  const settings = withSettingNames(given, () =>
    readStorageSettings({ ...processEnvironment(), ...Object.fromEntries(values) }),
  );
  const names = {
    key: keyName,
    bucket: settingName('R2_BUCKET', given),
    accountId: settingName('R2_ACCOUNT_ID', given),
    jurisdiction: settingName('R2_JURISDICTION', given),
    endpoint: settingName('R2_ENDPOINT', given),
  };
  return { ...settings, names };
}

/** The encoder settings that flags and environment describe. */
export function encoderSettingsOf(flags: {
  readonly quality: number;
  readonly 'chroma-subsampling': EncoderSettings['chromaSubsampling'];
  readonly background: string;
  readonly effort: EffortSetting;
  readonly profile: ProfileSetting;
  readonly metadata: MetadataSetting;
}): EncoderSettings {
  return {
    quality: flags.quality,
    chromaSubsampling: flags['chroma-subsampling'],
    background: flags.background,
    effort: flags.effort,
    profile: flags.profile,
    metadata: flags.metadata,
  };
}
