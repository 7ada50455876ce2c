import type { SourceRecord } from '../collection/events.ts';
import type { TiffHeader } from '../convert/header/tiff-header.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import type { Outputs } from '../task/page-outputs.ts';
import type { OpenPage } from './open-pages.ts';

/** A TIFF that is to be converted, as it was looked at. */
export interface DueObject {
  readonly source: SourceRecord;
  /** The version that was looked at. */
  readonly info: ObjectInfo;
  readonly header: TiffHeader;
  /** Where all its JPEGs go, or are. */
  readonly outputs: Outputs;
  /** Those that are to be made. */
  readonly open: readonly [OpenPage, ...OpenPage[]];
}
