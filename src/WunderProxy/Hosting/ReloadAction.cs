namespace WunderProxy.Hosting;

/// <summary>Something that SIGHUP reads again.</summary>
/// <param name="What">Its name, for the log.</param>
/// <param name="Run">Reads it; a <see cref="Configuration.UsageException"/> leaves it as it was.</param>
/// <param name="FindWarning">Tells what an operator should know of the file, such as who else can read it; null for nothing.</param>
internal sealed record ReloadAction(string What, Action Run, Func<string?>? FindWarning = null);
