namespace WunderProxy.Deployments.Diagnostics;

/// <summary>One warning on a <see cref="NoticeBoard"/>.</summary>
/// <param name="Topic">What the warning is about; a board has one warning for each topic.</param>
/// <param name="Message">The warning, with what engine, store, a launch config or the application said.</param>
/// <param name="Public">The warning in our own words alone, for callers that may change nothing.</param>
internal readonly record struct Notice(string Topic, string Message, string Public);
