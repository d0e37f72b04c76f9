import { CopyButton } from './copy-button.tsx';

/** Renders the ID that a page is about as its heading, with a button that copies it. */
export function IdHeading({ id }: { id: string }) {
  return (
    <>
      <h1 className="verbatim">{id}</h1>
      <CopyButton label="Copy ID" ariaLabel={`Copy ID ${id}`} text={id} said={`${id} was copied.`} />
    </>
  );
}
