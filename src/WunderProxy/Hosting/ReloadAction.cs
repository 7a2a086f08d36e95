namespace WunderProxy.Hosting;

/// <summary>Something that SIGHUP reads again, such as a key file.</summary>
/// <param name="What">Name of what is read, for the log.</param>
/// <param name="Run">
/// Reads it again; after a <see cref="Configuration.UsageException"/> the old value stays in force.
/// </param>
/// <param name="FindWarning">
/// Returns a warning about the file, such as who else can read it; null if there is none.
/// </param>
internal sealed record ReloadAction(string What, Action Run, Func<string?>? FindWarning = null);
