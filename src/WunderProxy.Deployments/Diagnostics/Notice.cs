namespace WunderProxy.Deployments.Diagnostics;

/// <summary>One warning on a <see cref="NoticeBoard"/>.</summary>
/// <param name="Topic">Subject of the warning; a board has one warning for each topic.</param>
/// <param name="Message">The warning, with what engine, store, launch config or application said.</param>
/// <param name="Public">The warning without quoted words, for callers without rights.</param>
internal readonly record struct Notice(string Topic, string Message, string Public);
