using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WunderProxy.ManagerApi.Events;

namespace WunderProxy.ManagerApi.Page;

/// <summary>
/// The page as a view of the live stream: each text holds the sections that have changed of late. A watcher that is
/// slow gets only the latest text, so a section is told for longer than the stream waits for a watcher.
/// </summary>
/// <param name="reader">Reads the page's content.</param>
/// <param name="window">The window of the charts.</param>
/// <param name="clock">Clock for how long a section has been told.</param>
internal sealed class PageView(PageReader reader, PageWindow window, TimeProvider clock)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<PageRights, SectionTexts> _told = [];

    /// <summary>The views of the live stream, one for each window of the charts.</summary>
    public static IEnumerable<LiveView> AllOf(PageReader reader, TimeProvider clock) =>
        PageWindow.All.Select(window => new LiveView($"page-{window.Key}", "page", new PageView(reader, window, clock).Write));

    /// <summary>Writes what has changed; the stream calls one at a time.</summary>
    internal string Write(LiveFacts facts)
    {
        // Without a configured token, a browser in an open network reads everything, and its changes are refused.
        var rights = !facts.HasRights ? PageRights.Stranger : reader.HasToken ? PageRights.Operator : PageRights.Reader;
        if (!_told.TryGetValue(rights, out var texts))
        {
            _told[rights] = texts = new SectionTexts(clock);
        }

        var model = reader.Read(facts.Status, window, rights);
        return TextOf(model, texts.Change(PageSections.WriteAll(model)));
    }

    private static string TextOf(PageModel model, IEnumerable<(string Id, string Html)> sections)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("at", Wording.Time(model.Now));
            json.WriteString("title", PageDocument.TitleOf(model));
            json.WriteStartObject("sections");
            foreach (var (id, html) in sections)
            {
                json.WriteString(id, html);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
