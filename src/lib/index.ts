/**
 * arke-tiff as a library.
 * @packageDocumentation
 */
import './node-version.ts';

export type { CollectionInput } from './api/collection-input.ts';
export { type CollectionOptions, convertCollection } from './api/convert-collection.ts';
export { type Conversion, type ConvertOptions, convertTiff } from './api/convert-tiff.ts';
export {
  type ChosenPages,
  choosePages,
  type InspectOptions,
  inspectFile,
} from './api/inspect-file.ts';
export { bytesOfPath, pathOfBytes, shownPath } from './api/paths.ts';
export { runTask, type TaskOptions } from './api/run-task.ts';
export { type VerifyOptions, verifyCollection } from './api/verify-collection.ts';
export {
  type CallbackPayload,
  callbackPayloadSchema,
  type ErrorPayload,
  payloadProblems,
  type SuccessPayload,
} from './callback/payload.ts';
export type {
  CollectionEvent,
  CollectionSummary,
  CollectionWarning,
  ConvertedRecord,
  FailedRecord,
  FilePlan,
  FileRecord,
  PagePlan,
  PageRecord,
  PredictedEffort,
  SkippedRecord,
  SourceRecord,
  UnreadPath,
  VerifiedRecord,
  WarningCounts,
} from './collection/events.ts';
export {
  type ChromaSubsampling,
  defaultEncoderSettings,
  type Effort,
  type EffortSetting,
  type EncoderSettings,
  type MetadataSetting,
  type ProfileSetting,
} from './convert/encoder-settings.ts';
export type { MetadataEntry } from './convert/inspect/directory-tags.ts';
export type { IccProfile } from './convert/inspect/icc-profile.ts';
export type {
  DirectoryInspection,
  Inspection,
  PlanInspection,
  ResolutionInspection,
  SegmentsInspection,
} from './convert/inspect/inspection.ts';
export type { Loss, LossKind } from './convert/inspect/loss.ts';
export type { Problem } from './convert/inspect/problems.ts';
export type { ConversionNote } from './convert/messages.ts';
export type { PageList, PagesSetting } from './convert/pages.ts';
export type { Turn } from './convert/plan/memory-model.ts';
export type { Reader } from './convert/plan/reader-table.ts';
export type { FailKind } from './convert/strictness.ts';
export type { Likeness, Nearness } from './convert/verify/likeness.ts';
export type {
  BatchReportDocument,
  CallbackDocument,
  CollectionDocument,
  DevDocument,
  DownloadDocument,
  ErrorDocument,
  InspectionDocument,
  ReportDocument,
  TaskDocument,
  UploadDocument,
} from './documents/documents.ts';
export {
  ArkeError,
  type CommandErrorCode,
  ConversionError,
  type ConversionErrorCode,
  type ErrorCode,
  FileError,
  OptionsError,
  type StorageErrorCode,
} from './errors.ts';
export type { RunOutcome, TaskOutcome } from './task/outcome.ts';
