import { useMutation } from '@tanstack/react-query';
import { messageOf } from '../api.ts';
import { type ResultFile, saveResults } from './save-results.ts';

/** Renders a button that fetches a file with the key of the user, and saves it. */
export function DownloadButton({ id, file }: { id: string; file: ResultFile }) {
  const save = useMutation({ mutationFn: () => saveResults(id, file) });
  return (
    <>
      <button
        type="button"
        className="button"
        aria-disabled={save.isPending}
        onClick={() => {
          if (!save.isPending) save.mutate();
        }}
      >
        {save.isPending ? `${file.label} …` : file.label}
      </button>
      {save.isError && (
        <p className="download-error" role="alert">
          {messageOf(save.error)}
        </p>
      )}
    </>
  );
}
