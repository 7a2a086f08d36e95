using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Loads and stores the launch configs of one service, and checks that bytes have the hash they go by.
/// </summary>
/// <param name="store">Where they lie.</param>
/// <param name="prefix">The service's prefix in it.</param>
/// <param name="time">The clock; null for that of the machine.</param>
public sealed class LaunchConfigRepository(IObjectStore store, string prefix, TimeProvider? time = null)
{
    private readonly LaunchConfigCatalog _catalog = new(store, prefix, time ?? TimeProvider.System);

    /// <summary>How long callers without rights are answered from the last search for a hash that is not there.</summary>
    public static TimeSpan MissLife { get; } = TimeSpan.FromSeconds(10);

    private string Place => prefix.Length == 0 ? store.Description : $"{store.Description}, {prefix}";

    /// <summary>Loads the launch config of a hash, MD5 or SHA-256.</summary>
    /// <exception cref="LaunchConfigNotFoundException">There is none.</exception>
    /// <exception cref="HashMismatchException">The stored bytes have another hash.</exception>
    /// <exception cref="InvalidLaunchConfigException">The stored bytes are no launch config.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public Task<LaunchConfig> LoadAsync(LaunchConfigReference reference, CancellationToken cancellationToken) =>
        LoadAsync(reference, TimeSpan.Zero, cancellationToken);

    /// <summary>Loads the launch config of a hash, MD5 or SHA-256.</summary>
    /// <param name="reference">The hash.</param>
    /// <param name="maxMissAge">
    /// How old the search may be that did not find it by its other name: zero makes a new one, which reads what others
    /// have stored since.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="LoadAsync(LaunchConfigReference, CancellationToken)"/>
    public async Task<LaunchConfig> LoadAsync(
        LaunchConfigReference reference, TimeSpan maxMissAge, CancellationToken cancellationToken)
    {
        var key = ObjectKey.LaunchConfig(prefix, reference);
        var read = await ReadAsync(key, cancellationToken);
        if (read is null)
        {
            return await FindByOtherNameAsync(reference, maxMissAge, cancellationToken)
                ?? throw new LaunchConfigNotFoundException(reference.Value, Place);
        }

        return reference.Matches(read.Bytes.Span)
            ? LaunchConfig.Parse(read.Bytes)
            : throw new HashMismatchException(key, reference, reference.DigestOf(read.Bytes.Span));
    }

    /// <summary>Loads the launch config in <c>current.json</c>.</summary>
    /// <returns>The config; null when nothing was ever deployed.</returns>
    /// <exception cref="InvalidLaunchConfigException">The stored bytes are no launch config.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task<LaunchConfig?> FindCurrentAsync(CancellationToken cancellationToken) =>
        await ReadAsync(ObjectKey.Current(prefix), cancellationToken) is { } read
            ? LaunchConfig.Parse(read.Bytes)
            : null;

    /// <summary>Loads the launch config in <c>current.json</c>.</summary>
    /// <exception cref="LaunchConfigNotFoundException">Nothing was ever deployed.</exception>
    /// <exception cref="InvalidLaunchConfigException">The stored bytes are no launch config.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task<LaunchConfig> LoadCurrentAsync(CancellationToken cancellationToken) =>
        await FindCurrentAsync(cancellationToken) ?? throw new LaunchConfigNotFoundException("current", Place);

    /// <summary>
    /// Stores a launch config under its SHA-256 without deploying it. Storing it again changes nothing.
    /// </summary>
    /// <exception cref="InvalidLaunchConfigException">The bytes are no launch config.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task<LaunchConfig> AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var config = LaunchConfig.Parse(bytes);
        await AddAsync(config, cancellationToken);
        return config;
    }

    /// <summary>
    /// Stores a launch config under its SHA-256 without deploying it. Storing it again changes nothing.
    /// </summary>
    /// <exception cref="HashMismatchException">Other bytes lie under its hash.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task AddAsync(LaunchConfig config, CancellationToken cancellationToken)
    {
        if (config.Bytes.Length > DocumentLimits.LaunchConfig)
        {
            throw new InvalidLaunchConfigException("", $"it has more than {DocumentLimits.Text(DocumentLimits.LaunchConfig)}");
        }

        var key = ObjectKey.LaunchConfig(prefix, config.Hash);
        var outcome = await store.PutAsync(key, config.Bytes, PutCondition.IfAbsent, cancellationToken);
        if (outcome == PutOutcome.NotSupported)
        {
            // Whoever else writes this key writes the same bytes: they are its name.
            outcome = await store.PutAsync(key, config.Bytes, PutCondition.None, cancellationToken);
        }

        _catalog.Learn(key, config.Alias);
        if (outcome == PutOutcome.Stored)
        {
            return;
        }

        var read = await ReadAsync(key, cancellationToken)
            ?? throw new ObjectStoreException(ObjectStoreFault.Unavailable, $"{Place} did not keep {key}");
        if (!config.Hash.Matches(read.Bytes.Span))
        {
            throw new HashMismatchException(key, config.Hash, LaunchConfigHash.Of(read.Bytes.Span));
        }
    }

    /// <summary>Reads an object that should be a launch config: one that is too large is none.</summary>
    private async Task<StoredObject?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetAsync(key, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Fault == ObjectStoreFault.TooLarge)
        {
            throw new InvalidLaunchConfigException("", e.Message);
        }
    }

    /// <summary>An object that is named by the other digest of the same bytes: the alias holds everywhere.</summary>
    private async Task<LaunchConfig?> FindByOtherNameAsync(
        LaunchConfigReference reference, TimeSpan maxMissAge, CancellationToken cancellationToken)
    {
        if (await _catalog.FindKeyAsync(reference, maxMissAge, cancellationToken) is not { } key)
        {
            return null;
        }

        var read = await ReadAsync(key, cancellationToken);
        if (read is not null && reference.Matches(read.Bytes.Span))
        {
            return LaunchConfig.Parse(read.Bytes);
        }

        _catalog.Forget(reference);
        return null;
    }
}
