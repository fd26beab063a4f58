/* The editor of news and pages in the agency's workplace. What it offers is what is let through:
   stars/content/html.py. Its address and words come from the field's data attributes. */
const areas = [...document.querySelectorAll("textarea[data-prose-editor]")];
if (areas.length) {
  const words = JSON.parse(areas[0].dataset.proseWords);
  const other = window.gettext ?? ((text) => text);
  window.gettext = (text) => words[text.toLowerCase()] ?? other(text);
  const of = await import(areas[0].dataset.proseEditor);
  for (const area of areas) {
    const editor = of.createTextareaEditor(area, [
      of.Document, of.Paragraph, of.Text, of.HardBreak, of.History, of.Menu, of.NoSpellCheck,
      of.Heading.configure({ levels: [2, 3] }), of.Bold, of.Italic, of.Blockquote,
      of.BulletList, of.OrderedList, of.ListItem, of.Link.configure({ enableTarget: false }),
      of.Dropcursor, of.Gapcursor,
    ]);
    for (const button of area.closest(".prose-editor").querySelectorAll("button")) {
      const text = button.querySelector("h2, h3, p");
      const said = words[(text?.textContent || button.title).toLowerCase()];
      if (!said) continue;
      if (text) text.textContent = said;
      else button.setAttribute("aria-label", (button.title = said));
    }
    const label = document.querySelector(`label[for="${area.id}"]`);
    if (!label) continue;
    label.id ||= `${area.id}-label`;
    label.addEventListener("click", () => editor.commands.focus());
    const attributes = { role: "textbox", "aria-multiline": "true", "aria-labelledby": label.id };
    editor.setOptions({ editorProps: { ...editor.options.editorProps, attributes } });
  }
}
