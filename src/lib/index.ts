/**
 * arke-tiff as a library: the stages of a task, each by itself, and the whole task.
 * @packageDocumentation
 */
export { type Delivery, type DeliveryOptions, deliverCallback } from './callback/deliver.ts';
export {
  type CallbackPayload,
  callbackPayloadSchema,
  type ErrorPayload,
  errorPayloadSchema,
  MAX_ERROR_LENGTH,
  payloadProblems,
  type SuccessPayload,
  successPayloadSchema,
} from './callback/payload.ts';
export { type CallbackRequest, type CallbackSettings, callbackId } from './callback/request.ts';
export { convertCollection } from './collection/convert-collection.ts';
export type {
  CollectionEvent,
  CollectionSummary,
  ConvertedRecord,
  FailedRecord,
  FilePlan,
  FileRecord,
  Likeness,
  PagePlan,
  PageRecord,
  SkippedRecord,
  SourceRecord,
  UnreadPath,
  WarningCounts,
} from './collection/events.ts';
export type { CollectionOptions } from './collection/options.ts';
export type { Conversion, PlanningOptions } from './convert/attempts.ts';
export { type ChosenPages, choosePages } from './convert/choose-pages.ts';
export type { ConvertOptions } from './convert/convert-options.ts';
export { convertTiff } from './convert/convert-tiff.ts';
export {
  type ChromaSubsampling,
  defaultEncoderSettings,
  type Effort,
  type EffortSetting,
  type EncoderSettings,
} from './convert/encoder-settings.ts';
export { readTiffHeader, type TiffHeader, type TiffPage } from './convert/header/tiff-header.ts';
export { inspectFile } from './convert/inspect/inspect-file.ts';
export type { InspectOptions } from './convert/inspect/inspect-tiff.ts';
export type {
  DirectoryInspection,
  Inspection,
  PlanInspection,
} from './convert/inspect/inspection.ts';
export type { Loss, LossKind } from './convert/inspect/loss.ts';
export type { LossSettings } from './convert/inspect/losses.ts';
export type { Problem } from './convert/inspect/problems.ts';
export type { LocalConversion } from './convert/local-files.ts';
export type { ConversionNote } from './convert/messages.ts';
export type { PagesSetting } from './convert/pages.ts';
export { type ConversionPlan, type Limits, planConversion } from './convert/plan/plan.ts';
export type { Budget } from './convert/plan/resources.ts';
export { type Converter, openConverter } from './convert/process/converter.ts';
export type { Strictness } from './convert/strictness.ts';
export { defaultLikenessBounds, type LikenessBounds } from './convert/verify/likeness.ts';
export { TimedOutError } from './deadline.ts';
export type {
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
  CallbackError,
  ConversionError,
  FileError,
  OptionsError,
  SettingsError,
  StorageError,
  TaskError,
} from './errors.ts';
export { exitCodes } from './exit-codes.ts';
export {
  createTaskLog,
  type LogFormat,
  type TaskEvent,
  type TaskLog,
  type TaskLogOptions,
} from './log.ts';
export { createRedactor, type Redactor } from './redact.ts';
export type { RetryNotice, RetryPolicy } from './retry.ts';
export { InterruptedError } from './stop.ts';
export {
  closeStorage,
  openStorage,
  r2Endpoint,
  type Storage,
  type StorageSettings,
} from './storage/client.ts';
export { type OpenObject, openObject } from './storage/download.ts';
export { outputKeys } from './storage/keys.ts';
export { headObject, type ObjectInfo, type RequestOptions } from './storage/objects.ts';
export type { Patience } from './storage/patience.ts';
export {
  type PutCondition,
  type Upload,
  type Uploaded,
  type UploadOptions,
  uploadFile,
} from './storage/upload.ts';
export type { TaskBudget } from './task/budget.ts';
export { type Environment, type Variable, variables } from './task/environment.ts';
export type { ProcessOptions, TaskPatience } from './task/job.ts';
export {
  type RunOptions,
  type RunOutcome,
  runTaskFromEnvironment,
} from './task/run-from-environment.ts';
export { runTask, type TaskOptions, type TaskOutcome } from './task/run-task.ts';
export { readTaskSettings, type SettingsResult, type TaskSettings } from './task/settings.ts';
