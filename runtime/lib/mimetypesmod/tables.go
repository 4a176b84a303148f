package mimetypesmod

// The tables are lines of an extension and what it says. Their order is that of
// CPython's dicts: guess_extension returns the first extension of a type.
//
// mimetypes.py, _default_mime_types.
const (
	standardTypes = `
.xbm=image/x-xbitmap .xlb=application/vnd.ms-excel .obj=application/octet-stream .ra=audio/x-pn-realaudio
.sgm=text/x-sgml .wsdl=application/xml .texi=application/x-texinfo .dvi=application/x-dvi
.dll=application/octet-stream .tif=image/tiff .mpeg=video/mpeg .ustar=application/x-ustar .gif=image/gif
.ksh=text/plain .ppt=application/vnd.ms-powerpoint .ras=image/x-cmu-raster .pps=application/vnd.ms-powerpoint
.ram=application/x-pn-realaudio .ppm=image/x-portable-pixmap .bcpio=application/x-bcpio
.latex=application/x-latex .bat=text/plain .mov=video/quicktime .m1v=video/mpeg
.ppa=application/vnd.ms-powerpoint .eml=message/rfc822 .tr=application/x-troff .qt=video/quicktime
.xsl=application/xml .avi=video/x-msvideo .t=application/x-troff .bmp=image/x-ms-bmp .nc=application/x-netcdf
.sv4cpio=application/x-sv4cpio .shar=application/x-shar .js=application/javascript
.src=application/x-wais-source .bin=application/octet-stream .aif=audio/x-aiff .json=application/json
.dot=application/msword .h=text/plain .tcl=application/x-tcl .wiz=application/msword .mht=message/rfc822
.a=application/octet-stream .csv=text/csv .ai=application/postscript .o=application/octet-stream .css=text/css
.wav=audio/x-wav .me=application/x-troff-me .csh=application/x-csh .ico=image/vnd.microsoft.icon
.txt=text/plain .au=audio/basic .xpm=image/x-xpixmap .pdf=application/pdf .tiff=image/tiff
.cdf=application/x-netcdf .pl=text/plain .c=text/plain .oda=application/oda .ms=application/x-troff-ms
.rgb=image/x-rgb .jpe=image/jpeg .jpg=image/jpeg .py=text/x-python .xml=text/xml .sh=application/x-sh
.jpeg=image/jpeg .ps=application/postscript .gtar=application/x-gtar .sv4crc=application/x-sv4crc
.vcf=text/x-vcard .hdf=application/x-hdf .rdf=application/xml .nws=message/rfc822
.tsv=text/tab-separated-values .mpa=video/mpeg .xpdl=application/xml .mpg=video/mpeg .mpe=video/mpeg
.doc=application/msword .pgm=image/x-portable-graymap .pot=application/vnd.ms-powerpoint .svg=image/svg+xml
.mif=application/x-mif .roff=application/x-troff .htm=text/html .pwz=application/vnd.ms-powerpoint
.eps=application/postscript .p7c=application/pkcs7-mime .ief=image/ief .so=application/octet-stream
.p12=application/x-pkcs12 .texinfo=application/x-texinfo .pbm=image/x-portable-bitmap .mp3=audio/mpeg
.xwd=image/x-xwindowdump .mp2=audio/mpeg .webm=video/webm .man=application/x-troff-man .etx=text/x-setext
.xls=application/vnd.ms-excel .zip=application/zip .movie=video/x-sgi-movie .tex=application/x-tex
.pyc=application/x-python-code .png=image/png .pfx=application/x-pkcs12 .mhtml=message/rfc822
.tar=application/x-tar .pnm=image/x-portable-anymap .mjs=application/javascript .sgml=text/x-sgml
.pyo=application/x-python-code .snd=audio/basic .rtx=text/richtext .cpio=application/x-cpio
.swf=application/x-shockwave-flash .html=text/html .aiff=audio/x-aiff .aifc=audio/x-aiff
.exe=application/octet-stream .mp4=video/mp4
`
	commonTypes = `
.xul=text/xul .pic=image/pict .jpg=image/jpg .mid=audio/midi .rtf=application/rtf .pct=image/pict
.pict=image/pict .midi=audio/midi
`
	encodings = ".gz=gzip .Z=compress .bz2=bzip2 .xz=xz"
	suffixes  = ".tgz=.tar.gz .taz=.tar.gz .tz=.tar.gz .tbz2=.tar.bz2 .txz=.tar.xz .svgz=.svg.gz"
)
