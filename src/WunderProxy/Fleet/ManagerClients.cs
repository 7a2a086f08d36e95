namespace WunderProxy.Fleet;

/// <summary>The clients of all managers given to a command.</summary>
internal sealed class ManagerClients(IReadOnlyList<ManagerClient> clients) : IDisposable
{
    /// <summary>The clients, in the order of the command line.</summary>
    public IReadOnlyList<IManagerClient> All => clients;

    /// <summary>The same clients, with the queries that deploying commands do not use.</summary>
    public IReadOnlyList<ManagerClient> Each => clients;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }
}
