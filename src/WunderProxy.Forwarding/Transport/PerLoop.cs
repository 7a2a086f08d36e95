namespace WunderProxy.Forwarding.Transport;

/// <summary>The parts that loops own of something that all loops use; each is made at the first use on its loop.</summary>
/// <remarks>
/// A part that is being made may meet a change to the whole, such as the end of a pause. Whoever changes the whole writes
/// first and enumerates <see cref="Made"/> then; a loop asks for its part first and looks at the whole then. Both pass a
/// full fence in between, so that one of two things holds: the part is among those enumerated, or the loop sees the change.
/// </remarks>
/// <param name="make">Makes the part of a loop; called on that loop, once.</param>
internal sealed class PerLoop<TPart>(Func<TransportLoop, TPart> make)
    where TPart : class
{
    private readonly TPart?[] _parts = new TPart?[TransportLoop.MaxLoops];

    /// <summary>The parts that have been made so far.</summary>
    public IEnumerable<TPart> Made
    {
        get
        {
            Interlocked.MemoryBarrier();
            return _parts.OfType<TPart>();
        }
    }

    /// <summary>The part of <paramref name="loop"/>. On that loop.</summary>
    public TPart Of(TransportLoop loop) => _parts[loop.Index] ?? Make(loop);

    private TPart Make(TransportLoop loop)
    {
        var part = make(loop);
        Interlocked.Exchange(ref _parts[loop.Index], part);
        return part;
    }
}
