namespace WunderProxy.Cli.Watch;

/// <summary>What is shown of one application, or of a manager that does not answer.</summary>
/// <param name="Title">Name of the application and its manager.</param>
/// <param name="Lines">The lines below the title.</param>
internal sealed record WatchPage(string Title, IReadOnlyList<ScreenLine> Lines);
