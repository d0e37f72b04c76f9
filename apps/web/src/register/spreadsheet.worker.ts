import { readSpreadsheet } from '@bulk/client/spreadsheet';

// Reads a spreadsheet beside the page, which would stand still for a second otherwise.
addEventListener('message', ({ data }: MessageEvent<Uint8Array>) => {
  void readSpreadsheet(data).then((sheets) => postMessage(sheets));
});
