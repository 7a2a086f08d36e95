using System.Net;
using System.Text;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>Writes the status page in HTML.</summary>
internal sealed class StatusPage
{
    private const string Style =
        """
        :root{color-scheme:light dark;--line:#8884;--dim:#777;--good:#1a7f37;--bad:#c62828;--warn:#b26a00}
        body{font:15px/1.45 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1.5rem}
        h1{font-size:1.5rem;margin:0}h2{font-size:1rem;margin:1.75rem 0 .4rem;color:var(--dim)}
        header{display:flex;gap:1rem;align-items:baseline;flex-wrap:wrap}
        header{border-bottom:1px solid var(--line);padding-bottom:.75rem}
        .state{font-weight:600}
        .good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.dim{color:var(--dim)}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1rem 0}
        .figures div{border:1px solid var(--line);border-radius:.4rem;padding:.5rem .75rem}
        .figures b{display:block;font-size:1.25rem;font-variant-numeric:tabular-nums}
        table{border-collapse:collapse;width:100%}
        td,th{text-align:left;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        th{font-weight:500;color:var(--dim)}code{font-size:.9em}td.n{text-align:right;font-variant-numeric:tabular-nums}
        td,li{overflow-wrap:anywhere}td{min-width:3.5rem}
        @media(max-width:45rem){body{padding:1rem}table{display:block;overflow-x:auto}td{min-width:8rem}}
        """;

    private readonly StringBuilder _html = new();

    private StatusPage()
    {
    }

    /// <summary>Writes the page for one moment; browsers reload it every five seconds.</summary>
    public static string Write(StatusFacts facts, IReadOnlyList<ContainerView> containers)
    {
        var page = new StatusPage();
        page.WriteHead(facts);
        page.WriteFigures(facts);
        page.WriteUpstream(facts);
        page.WriteList("Warnings", facts.Warnings);
        page.WriteTls(facts);
        page.WriteContainers(containers);
        page.WriteDraining(facts);
        page.WriteStatusCodes(facts);
        page.WritePrevious(facts);
        page._html.Append("</main></body></html>\n");
        return page._html.ToString();
    }

    private void WriteHead(StatusFacts facts)
    {
        var name = facts.App.Length == 0 ? "WunderProxy" : facts.App;
        var tone = facts.Status switch { "serving" => "good", "paused" or "draining" => "warn", _ => "bad" };
        _html.Append("<!doctype html><html lang=en><head><meta charset=utf-8><title>")
            .Append(Text($"{name}: {facts.Status}"))
            .Append("</title><meta name=viewport content=\"width=device-width\">")
            .Append("<meta http-equiv=refresh content=5><style>")
            .Append(Style).Append("</style></head><body><header><h1>").Append(Text(name))
            .Append("</h1><span class=\"state ").Append(tone).Append("\">").Append(facts.Status)
            .Append("</span><span class=dim>WunderProxy ").Append(Text(facts.Version)).Append(", up ")
            .Append(Span(facts.Uptime)).Append("</span></header><main>");
    }

    private void WriteFigures(StatusFacts facts)
    {
        var document = facts.ToDocument();
        var times = document.ResponseTimes;
        _html.Append("<div class=figures>");
        Figure("requests", document.Requests.ToString("N0"));
        Figure("in flight", document.InFlight.ToString("N0"));
        Figure("p50 / p99", $"{times.P50 * 1000:0.#} / {times.P99 * 1000:0.#} ms");
        Figure("connections", facts.Forwarder.Connections.Total.ToString("N0"));
        Figure("received", Size(document.Bytes.In));
        Figure("sent", Size(document.Bytes.Out));
        _html.Append("</div>");
    }

    private void WriteUpstream(StatusFacts facts)
    {
        _html.Append("<h2>In service</h2><table>");
        if (facts.ToDocument().Upstream is { } upstream)
        {
            Row("Revision", upstream.Revision);
            Row("Hash", upstream.Hash);
            Row("Container", ShortId.Of(upstream.Container));
            Row("Address", upstream.Address);
            Row("Since", Time(upstream.Since));
            Row("Health", upstream.HealthReason is { } reason ? $"{upstream.Health}: {reason}" : upstream.Health);
        }
        else
        {
            Row("Upstream", "none yet: requests get 503");
        }

        Row("Docker", facts.Lifecycle.DockerState);
        Row("Store", facts.Lifecycle.StoreState);
        if (facts.Lifecycle.Operation is { } operation)
        {
            var step = operation.Progress?.Message ?? operation.State;
            Row("Operation", $"{operation.Kind} {ShortId.Of(operation.Reference)}: {step}");
        }

        _html.Append("</table>");
    }

    private void WriteList(string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        _html.Append("<h2>").Append(title).Append("</h2><ul class=warn>");
        foreach (var line in lines)
        {
            _html.Append("<li>").Append(Text(line)).Append("</li>");
        }

        _html.Append("</ul>");
    }

    private void WriteTls(StatusFacts facts)
    {
        var document = facts.ToDocument();
        if (document.Tls is { } tls)
        {
            _html.Append("<h2>TLS</h2><table>");
            foreach (var group in tls.Listeners.GroupBy(listener => listener.Use, StringComparer.Ordinal))
            {
                Row(LabelOf(group.Key), string.Join(", ", group.Select(listener => listener.Address)));
            }

            Row("Engine", tls.Engine);
            Row("Handshakes", $"{tls.Handshakes.Full:N0} full, {tls.Handshakes.Resumed:N0} resumed, {tls.Handshakes.Failed:N0} failed");
            _html.Append("</table>");
        }

        WriteCertificates([.. CertificateLine.Of(document)]);
    }

    private static string LabelOf(string use) => use switch
    {
        "proxy" => "Proxy",
        "redirect" => "Redirect to https",
        "api" => "Manager API",
        _ => "Status listener",
    };

    private void WriteCertificates(IReadOnlyList<CertificateLine> certificates)
    {
        if (certificates.Count == 0)
        {
            return;
        }

        Table("Certificates", "Names", "State", "Source", "Next order", "Last problem", "For");
        foreach (var certificate in certificates)
        {
            Cells(
                certificate.Names, certificate.Validity, certificate.Source, certificate.NextOrder,
                certificate.LastProblem, certificate.Use);
        }

        _html.Append("</table>");
    }

    private void WriteContainers(IReadOnlyList<ContainerView> containers)
    {
        if (containers.Count == 0)
        {
            return;
        }

        Table("Containers", "State", "Revision", "Hash", "Container", "Address", "Health", "Created");
        foreach (var container in containers)
        {
            Cells(
                container.State, container.Revision, ShortId.Of(container.Hash), ShortId.Of(container.Id),
                container.Address, container.Health, Time(container.CreatedAt));
        }

        _html.Append("</table>");
    }

    private void WriteDraining(StatusFacts facts)
    {
        if (facts.Lifecycle.Draining.Count == 0)
        {
            return;
        }

        Table("Draining", "Revision", "Hash", "Container", "In flight", "Since");
        foreach (var drain in facts.Lifecycle.Draining)
        {
            Cells(
                drain.Revision, ShortId.Of(drain.Hash), ShortId.Of(drain.Container),
                drain.InFlight.ToString("N0"), Time(drain.Since));
        }

        _html.Append("</table>");
    }

    private void WriteStatusCodes(StatusFacts facts)
    {
        var codes = facts.ToDocument().StatusCodes.Codes;
        if (codes.Count == 0)
        {
            return;
        }

        Table("Answers since the switch", "Code", "Count");
        foreach (var (code, count) in codes.OrderBy(pair => pair.Key))
        {
            Cells(code.ToString(), count.ToString("N0"));
        }

        _html.Append("</table>");
    }

    private void WritePrevious(StatusFacts facts)
    {
        if (facts.Previous.Count == 0)
        {
            return;
        }

        Table("Before", "Revision", "Hash", "Since", "Requests", "502 and 504", "p50 / p99");
        foreach (var previous in facts.Previous)
        {
            Cells(
                previous.Revision, ShortId.Of(previous.Hash), Time(previous.Since), previous.Requests.ToString("N0"),
                previous.GatewayErrors.ToString("N0"),
                $"{previous.ResponseTimes.P50 * 1000:0.#} / {previous.ResponseTimes.P99 * 1000:0.#} ms");
        }

        _html.Append("</table>");
    }

    private void Figure(string label, string value) =>
        _html.Append("<div><b>").Append(Text(value))
            .Append("</b><span class=dim>").Append(label).Append("</span></div>");

    private void Row(string label, string value)
    {
        if (value.Length > 0)
        {
            _html.Append("<tr><th>").Append(label).Append("</th><td>").Append(Text(value)).Append("</td></tr>");
        }
    }

    private void Table(string title, params ReadOnlySpan<string> columns)
    {
        _html.Append("<h2>").Append(title).Append("</h2><table><tr>");
        foreach (var column in columns)
        {
            _html.Append("<th>").Append(column).Append("</th>");
        }

        _html.Append("</tr>");
    }

    private void Cells(params ReadOnlySpan<string> values)
    {
        _html.Append("<tr>");
        foreach (var value in values)
        {
            _html.Append("<td>").Append(Text(value)).Append("</td>");
        }

        _html.Append("</tr>");
    }

    private static string Text(string value) => WebUtility.HtmlEncode(value);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss") + " UTC";

    private static string Span(TimeSpan span) =>
        span.TotalDays >= 1 ? $"{span.Days} d {span.Hours} h" : span.ToString(@"h\:mm\:ss");

    private static string Size(long bytes) => bytes switch
    {
        < 10 << 10 => $"{bytes} B",
        < 10 << 20 => $"{bytes >> 10} KiB",
        < 10L << 30 => $"{bytes >> 20} MiB",
        _ => $"{bytes >> 30} GiB",
    };
}
