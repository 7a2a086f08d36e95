using WunderProxy.LoadClient;

LoadCommand command;
try
{
    command = LoadCommand.Parse(args);
}
catch (FormatException exception)
{
    Console.Error.WriteLine($"{exception.Message}\n{LoadCommand.Usage}");
    return 2;
}

await using var run = LoadRun.Start(command.Options);
if (command.Duration is { } duration)
{
    await Task.Delay(duration, TimeProvider.System);
}
else
{
    await FollowControlAsync(run.Timeline);
}

await run.WaitForMoreAsync(command.Requests - run.Finished, CancellationToken.None);
var report = await run.StopAsync();
Console.WriteLine(report);
foreach (var (revision, count) in report.Revisions.OrderBy(pair => pair.Key, StringComparer.Ordinal))
{
    Console.WriteLine($"  answered by {revision}: {count}");
}

foreach (var description in report.Descriptions.Take(20))
{
    Console.WriteLine($"  {description}");
}

return report.Failed + report.Stale == 0 ? 0 : 1;

static async Task FollowControlAsync(SwitchTimeline timeline)
{
    while (await Console.In.ReadLineAsync() is { } line && line != "stop")
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["switching", var revision]:
                timeline.Switching(revision);
                break;
            case ["switched"]:
                timeline.Switched();
                break;
            case ["refused"]:
                timeline.Refused();
                break;
        }

        // The answer tells a script that the line was read, so that the script may go on.
        Console.WriteLine($"  noted: {line}");
    }
}
