/* The editor of news and pages in the agency's workplace. What it offers is what is let through:
   stars/content/html.py. Its address and words come from the field's data attributes. */
const areas = [...document.querySelectorAll("textarea[data-prose-editor]")];
if (areas.length) {
  const words = JSON.parse(areas[0].dataset.proseWords);
  const other = window.gettext ?? ((text) => text);
  window.gettext = (text) => words[text] ?? other(text);
  const of = await import(areas[0].dataset.proseEditor);
  for (const area of areas) {
    const editor = of.createTextareaEditor(area, [
      of.Document, of.Paragraph, of.Text, of.HardBreak, of.History, of.Menu, of.NoSpellCheck,
      of.Heading.configure({ levels: [2, 3] }), of.Bold, of.Italic, of.Blockquote,
      of.BulletList, of.OrderedList, of.ListItem, of.Link.configure({ enableTarget: false }),
      of.Dropcursor, of.Gapcursor,
    ]);
    const label = document.querySelector(`label[for="${area.id}"]`);
    const field = editor.view.dom;
    field.setAttribute("role", "textbox");
    field.setAttribute("aria-multiline", "true");
    if (label) {
      label.id ||= `${area.id}-label`;
      field.setAttribute("aria-labelledby", label.id);
      label.addEventListener("click", () => editor.commands.focus());
    }
  }
}
