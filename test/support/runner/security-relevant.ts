/** Whose every decision is one about security, whatever its file is called. */

/** Folders, with a slash at the end, and files → what passes where they are wrong. */
export const SECURITY_RELEVANT: Readonly<Record<string, string>> = {
  'src/admission/': 'a verdict is weaker than its policies, or a fact is not gathered',
  'src/identity/': 'who is no writer is taken for one, or a grant is wider than it was given',
  'src/ownership/': 'a managed object is taken for a free one',
  'src/verdict/': 'the verdict of one commit or image is given to another',
};
