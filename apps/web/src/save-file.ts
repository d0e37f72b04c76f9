/** How long a browser may take to begin saving. */
const SAVING_MS = 60_000;

/** Saves a file as a download of the browser. */
export function saveFile(blob: Blob, filename: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAVING_MS);
}
