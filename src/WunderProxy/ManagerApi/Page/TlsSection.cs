namespace WunderProxy.ManagerApi.Page;

/// <summary>Where TLS is spoken, and the certificates.</summary>
internal static class TlsSection
{
    public static Html? Write(PageModel model)
    {
        var certificates = CertificateLine.Of(model.Status).ToList();
        if (model.Status.Tls is null && certificates.Count == 0)
        {
            return null;
        }

        var html = Html.Of($"<h2>TLS</h2>");
        if (model.Status.Tls is { } tls)
        {
            html.Add($"<dl class=wide>");
            foreach (var group in tls.Listeners.GroupBy(listener => listener.Use, StringComparer.Ordinal))
            {
                html.Add($"<div><dt>{LabelOf(group.Key)}</dt><dd>{string.Join(", ", group.Select(listener => listener.Address))}</dd></div>");
            }

            html.Add($"<div><dt>Engine</dt><dd>{tls.Engine}</dd></div><div><dt>Handshakes</dt><dd>{Wording.Count(tls.Handshakes.Full)} full, {Wording.Count(tls.Handshakes.Resumed)} resumed, {Wording.Count(tls.Handshakes.Failed)} failed</dd></div></dl>");
        }

        return certificates.Count == 0 ? html : html.Add($"{TableOf(certificates)}");
    }

    private static Html TableOf(IReadOnlyList<CertificateLine> certificates)
    {
        var table = new PageTable("Certificates", "Names", "State", "Source", "Next order", "Last problem", "For");
        foreach (var line in certificates)
        {
            table.Row(line.Names, line.Validity, line.Source, line.NextOrder, line.LastProblem, line.Use);
        }

        return Html.Of($"<h3>Certificates</h3>{table.End()}");
    }

    private static string LabelOf(string use) => use switch
    {
        "proxy" => "Proxy",
        "redirect" => "Redirect to https",
        "api" => "Manager API",
        _ => "Status listener",
    };
}
