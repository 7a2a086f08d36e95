using Microsoft.Extensions.Logging;
using WunderProxy.Cli;

namespace WunderProxy.Hosting;

/// <summary>What SIGHUP reads again.</summary>
internal sealed class ReloadActions(IEnumerable<ReloadAction> actions)
{
    private readonly ReloadAction[] _actions = [.. actions];

    /// <summary>Reads everything again; what cannot be read stays as it was.</summary>
    public void Run(ILogger logger)
    {
        foreach (var action in _actions)
        {
            try
            {
                action.Run();
                HostLog.Reloaded(logger, action.What);
            }
            catch (UsageException exception)
            {
                HostLog.ReloadFailed(logger, exception.Message);
            }
        }
    }
}
