namespace WunderProxy.ManagerApi.Page;

/// <summary>Writes the whole page: one document that needs nothing else, and works without its script.</summary>
internal static class PageDocument
{
    /// <summary>Seconds after which the page is loaded again where scripts do not run.</summary>
    private const int RefreshSeconds = 5;

    /// <summary>Writes the page for one moment.</summary>
    public static string Write(PageModel model)
    {
        var html = Html.Of($"<!doctype html><html lang=en><head><meta charset=utf-8><title>{TitleOf(model)}</title>");
        html.Add($"<meta name=viewport content=\"width=device-width,initial-scale=1\"><meta name=color-scheme content=\"light dark\"><link rel=icon href=\"data:,\">");
        html.Add($"<noscript><meta http-equiv=refresh content={RefreshSeconds}></noscript><style>{Raw(PageAssets.Style)}</style></head>");
        html.Add($"<body data-window=\"{model.Window.Key}\"><header><h1>{model.Name}</h1><p class=dim>WunderProxy {model.Facts.Version}</p>");
        html.Add($"<p id=live class=dim><noscript>Loaded again every {RefreshSeconds} s</noscript></p>{TokenPart(model)}</header><main>");
        var contents = PageSections.WriteAll(model);
        for (var index = 0; index < contents.Length; index++)
        {
            var section = PageSections.All[index];
            if (contents[index].Length > 0)
            {
                html.Add($"<section id=\"{section.Id}\" class=\"{section.Style}\">{Raw(contents[index])}</section>");
            }
        }

        html.Add($"</main><footer class=dim><p>Times are UTC, at <time id=at>{Wording.Time(model.Now)}</time>. The same for programs: <a href=\"status\">/status</a>, <a href=\"metrics\">/metrics</a>{HistoryLink(model)}.</p></footer>");
        return html.Add($"{Tones.Drawings}{Dialogs}<script>{Raw(PageAssets.Script)}</script></body></html>\n").ToString();
    }

    /// <summary>Returns the title, which a tab shows.</summary>
    public static string TitleOf(PageModel model) => $"{model.Name}: {model.Facts.Status}";

    private static Html TokenPart(PageModel model) => (model.HasToken, model.Rights) switch
    {
        (true, PageRights.Stranger) => Html.Of($"<button type=button id=token class=script>Enter token</button><p class=dim id=reduced>Reduced view: addresses, names and reasons are hidden, and nothing can be changed. Enter the token of the manager API to see everything<noscript> (this needs JavaScript)</noscript>.</p>"),
        (true, _) => Html.Of($"<button type=button id=token class=script>Enter token</button>"),
        (_, PageRights.Stranger) => Html.Of($"<p class=dim id=reduced>Reduced view: addresses, names and reasons are hidden, and nothing can be changed. A browser needs a token to see everything, and none is configured (--api-token-file).</p>"),
        _ => Html.Of($"<p class=dim id=reduced>Read only: no token is configured, and a browser needs one to make changes (--api-token-file).</p>"),
    };

    private static Html? HistoryLink(PageModel model) =>
        model.HasContainers ? Html.Of($", <a href=\"history\">/history</a>, <a href=\"containers\">/containers</a>") : null;

    private static Html Dialogs { get; } = Html.Of(
        $"""
        <dialog id=ask aria-labelledby=ask-title><form method=dialog><h2 id=ask-title>Change</h2><p id=ask-says></p><progress id=ask-bar class=gone aria-label="Progress"></progress><p id=ask-result role=status></p><div class=acts><button type=button id=ask-do class=primary>Do it</button><button type=submit id=ask-no>Cancel</button></div></form></dialog><dialog id=login aria-labelledby=login-title><form method=dialog><h2 id=login-title>Token of the manager API</h2><p>The token shows addresses, names and reasons, and allows changes. It stays in the memory of this page until you leave or reload it.</p><label for=login-token>Token</label><input id=login-token type=password autocomplete=off spellcheck=false><p id=login-result role=status></p><div class=acts><button type=button id=login-do class=primary>Use it</button><button type=submit id=login-no>Cancel</button></div></form></dialog><dialog id=diff aria-labelledby=diff-title class=big><form method=dialog><h2 id=diff-title>Difference</h2><div id=diff-text tabindex=0 role=group aria-label="Difference"></div><div class=acts><button type=submit>Close</button></div></form></dialog>
        """);

    private static Html Raw(string markup)
    {
        var raw = new Html.Markup(markup.Length, 0);
        raw.AppendLiteral(markup);
        return Html.Of(ref raw);
    }
}
