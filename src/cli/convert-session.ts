import type { EncoderSettings } from '../lib/convert/encoder-settings.ts';
import type { PagesSetting } from '../lib/convert/pages.ts';
import { openConverter } from '../lib/convert/process/converter.ts';
import type { Strictness } from '../lib/convert/strictness.ts';
import { readConversionBudget } from '../lib/task/settings.ts';
import { withWorkspace } from '../lib/workspace.ts';
import type { ConvertSession } from './conversions.ts';
import { processEnvironment } from './environment.ts';
import type { Reporter } from './reporter.ts';

/** What a command knows of its conversions. */
export interface SessionOptions {
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  readonly strict: Strictness;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** Lends what conversions share: a conversion process and a temporary folder. Throws `SettingsError`, too. */
export async function withConvertSession<T>(
  options: SessionOptions,
  use: (session: ConvertSession) => Promise<T>,
): Promise<T> {
  const budget = readConversionBudget(processEnvironment());
  return withWorkspace(async (workspace) => {
    const converter = openConverter(workspace.folder);
    try {
      return await use({ ...options, budget, workspace, converter });
    } finally {
      await converter.close();
    }
  });
}
