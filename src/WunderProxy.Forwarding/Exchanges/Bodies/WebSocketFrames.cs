namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// Follows the frames of one direction of a WebSocket (RFC 6455 section 5.2), to know where messages end.
/// </summary>
internal struct WebSocketFrames
{
    private const int FinBit = 0x80;
    private const int MaskBit = 0x80;
    private const int LengthBits = 0x7f;
    private const int ControlBit = 0x08;
    private const int OpcodeBits = 0x0f;
    private const int CloseOpcode = 0x08;
    private const int CloseCodeLength = 2;
    private const int Length16 = 126;
    private const int Length64 = 127;

    /// <summary>The status code in <see cref="ServiceRestart"/>.</summary>
    public const int ServiceRestartCode = 1012;

    private bool _isInMessage;
    private bool _isFinal;
    private bool _isControl;
    private bool _isClose;
    private int _closeCodeBytes;
    private int _headerBytes;
    private int _extraBytes;
    private int _extendedLengthBytes;
    private ulong _payloadBytes;

    /// <summary>
    /// An unmasked Close frame with status 1012, "service restart" (RFC 6455 section 5.5.1, IANA registry).
    /// </summary>
    public static ReadOnlySpan<byte> ServiceRestart => [0x88, 0x02, 0x03, 0xf4];

    /// <summary>The status code of the Close frame that went by (RFC 6455 section 7.4); 0 before, or if it had none.</summary>
    public int CloseCode { get; private set; }

    /// <summary>Whether our own Close frame was written, after which nothing may follow.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether no frame and no message of several frames is in progress.</summary>
    public readonly bool IsAtMessageEnd => !_isInMessage && _headerBytes == 0;

    /// <summary>Follows the frames in further bytes of the stream.</summary>
    /// <param name="input">Bytes that come after those followed before.</param>
    /// <param name="stopAtMessageEnd">Whether to stop at the end of the message in progress.</param>
    /// <returns>Number of bytes followed.</returns>
    public int Advance(ReadOnlySpan<byte> input, bool stopAtMessageEnd)
    {
        var at = 0;
        while (at < input.Length && !(stopAtMessageEnd && IsAtMessageEnd))
        {
            if (_headerBytes < 2 || _extraBytes > 0)
            {
                TakeHeaderByte(input[at++]);
            }
            else
            {
                var count = (int)Math.Min((ulong)(input.Length - at), _payloadBytes);
                if (_isClose)
                {
                    TakeCloseCode(input.Slice(at, count));
                }

                _payloadBytes -= (ulong)count;
                at += count;
            }

            if (_headerBytes >= 2 && _extraBytes == 0 && _payloadBytes == 0)
            {
                EndFrame();
            }
        }

        return at;
    }

    private void TakeHeaderByte(byte octet)
    {
        switch (_headerBytes++)
        {
            case 0:
                _isFinal = (octet & FinBit) != 0;
                _isControl = (octet & ControlBit) != 0;
                _isClose = (octet & OpcodeBits) == CloseOpcode;
                break;
            case 1:
                TakeLength(octet);
                break;
            default:
                _extraBytes--;
                if (_extendedLengthBytes > 0)
                {
                    _extendedLengthBytes--;
                    _payloadBytes = (_payloadBytes << 8) | octet;
                }

                break;
        }
    }

    private void TakeLength(byte octet)
    {
        var length = octet & LengthBits;
        _extendedLengthBytes = length switch
        {
            Length16 => 2,
            Length64 => 8,
            _ => 0,
        };
        _payloadBytes = _extendedLengthBytes > 0 ? 0 : (ulong)length;
        _extraBytes = _extendedLengthBytes + ((octet & MaskBit) != 0 ? 4 : 0);
    }

    private void TakeCloseCode(ReadOnlySpan<byte> payload)
    {
        foreach (var octet in payload[..Math.Min(payload.Length, CloseCodeLength - _closeCodeBytes)])
        {
            CloseCode = (CloseCode << 8) | octet;
            _closeCodeBytes++;
        }
    }

    private void EndFrame()
    {
        // Control frames may appear between the frames of a message, but do not end the message (section 5.4).
        _isInMessage = _isControl ? _isInMessage : !_isFinal;
        _headerBytes = 0;
    }
}
