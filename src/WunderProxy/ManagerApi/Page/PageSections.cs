namespace WunderProxy.ManagerApi.Page;

/// <summary>The sections of the page in their order.</summary>
internal static class PageSections
{
    /// <summary>All sections; the style sheet places them by id.</summary>
    public static IReadOnlyList<PageSection> All { get; } =
    [
        new("state", "banner", StateSection.Write),
        new("applications", "card wide", ApplicationsSection.Write),
        new("service", "card", ServiceSection.Write),
        new("activity", "card", ActivitySection.Write),
        new("warnings", "card", WarningsSection.Write),
        new("traffic", "card wide", TrafficSection.Write),
        new("history", "card two", HistorySection.Write),
        new("parts", "card", PartsSection.Write),
        new("answers", "card", AnswersSection.Write),
        new("containers", "card wide", ContainersSection.Write),
        new("earlier", "card wide", EarlierSection.Write),
        new("tls", "card wide", TlsSection.Write),
    ];

    /// <summary>Writes the content of every section, in their order; empty where there is nothing to show.</summary>
    public static string[] WriteAll(PageModel model) =>
        [.. All.Select(section => section.Write(model)?.ToString() ?? string.Empty)];
}
