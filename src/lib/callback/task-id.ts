/**
 * The task id that the orchestrator gives to a TIFF: `tiff_tiff_` and the absolute value of a
 * 32-bit hash of its key's UTF-16 units, in base 36
 * (Arke-Institute/arke-preprocessing-orchestrator, commit 63c42eb). Keys can share an id:
 * `staging/b/plate1a.tif` and `staging/b/plate2B.tif` do.
 */
export function taskIdOfKey(key: string): string {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = ((hash << 5) - hash + key.charCodeAt(at)) | 0;
  return `tiff_tiff_${Math.abs(hash).toString(36)}`;
}

/** The batch of an orchestrator's key, `staging/BATCH/…`; undefined for any other key. */
export function batchIdOfKey(key: string): string | undefined {
  return /^staging\/([^/]+)\/./su.exec(key)?.[1];
}
